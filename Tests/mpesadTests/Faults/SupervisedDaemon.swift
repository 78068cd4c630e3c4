import Foundation
import Synchronization

/// A daemon that is started again whenever it ends, as systemd does it.
final class SupervisedDaemon: Sendable {
  private struct State {
    var process: MpesadProcess?
    var port: Int?
    var endings: [CInt] = []
    var said = ""
    var isWanted = false
    var supervision: Task<Void, any Error>?
  }

  private let arguments: [String]
  private let environment: [String: String]
  private let ended: @Sendable (CInt) throws -> Void
  private let state = Mutex(State())

  /// - Parameter ended: called with the exit status, or the negated signal, after each end and before the next start.
  init(
    arguments: [String], environment: [String: String], ended: @escaping @Sendable (CInt) throws -> Void = { _ in }
  ) {
    self.arguments = arguments
    self.environment = environment
    self.ended = ended
  }

  /// The port of the process that serves now.
  var port: Int? { state.withLock { $0.port } }
  /// How its processes ended so far.
  var endings: [CInt] { state.withLock { $0.endings } }
  /// What they said, one after the other.
  var said: String { state.withLock { $0.said + ($0.process?.said ?? "") } }

  /// What they said, without what they said of each payment.
  var told: String {
    said.split(separator: "\n").filter { !$0.contains(" Paid, receipt ") }.map { $0.prefix(300) }
      .joined(separator: "\n")
  }

  /// Starts it, and again after each end.
  func start() {
    state.withLock { state in
      state.isWanted = true
      state.supervision = Task { try await supervise() }
    }
  }

  /// Waits until it serves, whichever process it is.
  func serves(within limit: Duration = .seconds(20)) async throws {
    let end = ContinuousClock.now + limit
    while port == nil {
      guard ContinuousClock.now < end else { throw FaultTrouble("The daemon never served:\n\(said.suffix(2_000))") }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits until it is ready and takes a further callback.
  /// - Returns: what is missing when the time is up; nil when nothing is.
  func standstill(of client: FaultClient, within limit: Duration) async throws -> String? {
    let end = ContinuousClock.now + limit
    var missing = "nobody listens"
    while ContinuousClock.now < end {
      if let port {
        let readiness = PlainConnection.get("/readyz", port: port)
        missing = "/readyz says \(readiness.map(String.init) ?? "nothing")"
        if readiness == 200 {
          if client.acknowledgesOneMore() != nil { return nil }
          missing = "a callback is not acknowledged"
        }
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    return "\(missing): \(told.split(separator: "\n").suffix(2).joined(separator: " | "))"
  }

  /// Sends a signal. If it ends by it, it is started again.
  func signal(_ number: CInt) { state.withLock { $0.process?.signal(number) } }

  /// Ends it and starts no other: SIGKILL after a while if it does not end by itself.
  /// - Returns: how it ended, nil when it was not running.
  @discardableResult
  func end(_ number: CInt, within limit: Duration = .seconds(10)) async throws -> CInt? {
    let (supervision, count) = state.withLock { state in
      state.isWanted = false
      state.process?.signal(number)
      return (state.supervision, state.endings.count)
    }
    let deadline = Task {
      try await Task.sleep(for: limit)
      signal(SIGKILL)
    }
    defer { deadline.cancel() }
    try await supervision?.value
    return endings.count > count ? endings.last : nil
  }

  private func supervise() async throws {
    while state.withLock({ $0.isWanted }) {
      let process = try MpesadProcess(arguments, environment: environment)
      let isWanted = state.withLock { state in
        state.process = process
        return state.isWanted
      }
      // Between the question above and the start somebody may have called for the end.
      if !isWanted { process.signal(SIGKILL) }
      if let port = try? await process.port(within: 30) { state.withLock { $0.port = port } }
      let status = try await process.wait(within: 120)
      state.withLock { state in
        state.port = nil
        state.process = nil
        state.endings.append(status)
        state.said += process.said + "[ended with \(status)]\n"
      }
      try ended(status)
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
