import Foundation
import GRDB

@testable import mpesad

/// What was held against the ledger after a scenario.
struct FaultOutcome: Sendable, CustomStringConvertible {
  /// Callbacks that were answered 200.
  var acknowledged = 0
  /// Callbacks that were answered otherwise.
  var refused = 0
  /// How often the fault made a call fail.
  var injected = 0
  /// How the daemon's processes ended, one after the other.
  var endings: [CInt] = []
  /// Why it does not serve again by itself; nil when it does.
  var standstill: String?
  /// The spool could have taken callbacks while the fault was on, and took none.
  var servedNobody = false
  /// Acknowledged, and not in the inbox byte by byte.
  var lost: Set<Int> = []
  /// Acknowledged, and their transactions are not completed.
  var unsettled: Set<Int> = []
  /// Transactions that were completed more than once.
  var doubled: Set<Int64> = []
  /// What SQLite says about the file, if not "ok".
  var damage: String?
  /// What the daemon said.
  var said = ""

  /// What is wrong, in the order of weight; empty when all is well.
  var losses: [String] {
    var losses: [String] = []
    if !lost.isEmpty { losses.append("lost \(lost.count)") }
    if !doubled.isEmpty { losses.append("doubled \(doubled.count)") }
    if let damage { losses.append("damaged: \(damage.prefix(100))") }
    if let standstill { losses.append("does not serve: \(standstill.prefix(300))") }
    if !unsettled.isEmpty { losses.append("unsettled \(unsettled.count)") }
    if servedNobody { losses.append("served nobody while the fault was on") }
    return losses
  }

  var description: String {
    "\(losses.isEmpty ? "good" : losses.joined(separator: "; ")) "
      + "(200: \(acknowledged), else: \(refused), failed calls: \(injected), endings: \(Self.runs(of: endings)))"
  }

  /// Equal endings one after the other, told once with their number.
  private static func runs(of endings: [CInt]) -> String {
    var runs: [(ending: CInt, count: Int)] = []
    for ending in endings {
      if runs.last?.ending == ending { runs[runs.count - 1].count += 1 } else { runs.append((ending, 1)) }
    }
    return runs.map { $0.count == 1 ? "\($0.ending)" : "\($0.ending) \($0.count) times" }.joined(separator: ", ")
  }

  /// Reads the database of a daemon that is not running.
  /// - Parameter settles: whether the acknowledged callbacks belong to transactions that exist.
  mutating func compare(_ directory: String, _ load: CallbackLoad, _ ledger: Set<Int>, settles: Bool) async throws {
    acknowledged = ledger.count
    let view = try LedgerView(directory: directory)
    do {
      let inbox = try await view.bodies()
      lost = ledger.filter { index in
        let address = settles ? load.transaction(index).number : nil
        return inbox[address]?.contains(Self.body(of: load, index)) != true
      }
      let completed = settles ? try await view.completed() : []
      unsettled = settles ? ledger.filter { !completed.contains(load.transaction($0).number) } : []
      doubled = try await view.settledTwice()
      let verdict = try await view.integrity()
      damage = verdict == ["ok"] ? nil : verdict.joined(separator: "; ")
    } catch let error as DatabaseError {
      damage = "\(error.resultCode): \(error.message ?? "")"
    }
  }

  private static func body(of load: CallbackLoad, _ index: Int) -> Data {
    let request = Data(load.request(index).readableBytesView)
    guard let end = request.firstRange(of: Data("\r\n\r\n".utf8)) else { return Data() }
    return Data(request[end.upperBound...])
  }
}

extension LedgerView {
  /// The bodies in the inbox, by the transaction at whose address they came; nil for no valid address.
  func bodies() async throws -> [Int64?: Set<Data>] {
    try await read { db in
      var bodies: [Int64?: Set<Data>] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT token, body FROM inbox") {
        bodies[row["token"], default: []].insert(row["body"])
      }
      return bodies
    }
  }
}
