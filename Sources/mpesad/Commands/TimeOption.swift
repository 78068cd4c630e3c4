import ArgumentParser
import Reconciliation

extension Moment {
  /// What `--since` and the like take, for their help.
  static let forms = "2026-11-24, 2026-11-24T09:30, or back from now: 90m, 36h, 7d. UTC where no zone is given"

  /// Reads an option's value; nil where it was not given.
  static func option(_ name: String, _ text: String?) throws -> Moment? {
    guard let text else { return nil }
    guard let moment = Moment(text, now: Timing.system.now()) else {
      throw OperationError(.invalid, "--\(name) takes a time: \(forms).")
    }
    return moment
  }
}
