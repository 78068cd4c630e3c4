import Foundation

extension MpesadProcess {
  /// Waits until it has said something so many times.
  func says(_ text: String, times: Int = 1, within seconds: Double = 60) async throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while said.components(separatedBy: text).count - 1 < times {
      guard Date() < end else { throw Ended(output: "it never said \(text):\n\(said)") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
