import Foundation
import NIOCore
import Synchronization
import Testing

@testable import mpesad

/// Clients that post callbacks from inside a machine, and keep their own ledger of what they met.
final class ServiceLoad: Sendable {
  struct Tally: Sendable, CustomStringConvertible {
    /// Indexes of the callbacks that were answered 200.
    var acknowledged: Set<Int> = []
    /// Answers other than 200, by status.
    var answers: [Int: Int] = [:]
    /// Connections that nobody took.
    var refused = 0
    /// Connections that were reset or closed before an answer.
    var broken = 0
    /// Requests that were not answered in time, or failed in another way.
    var failures: [String] = []

    var description: String {
      "\(acknowledged.count) acknowledged, \(refused) refused, \(broken) broken, other answers \(answers), failures \(failures.prefix(3))"
    }
  }

  private let load: CallbackLoad
  private let port: Int
  private let keepsAlive: Bool
  private let pause: useconds_t
  private let next = Atomic(0)
  private let stopping = Atomic(false)
  private let running: Atomic<Int>
  private let tally = Mutex(Tally())

  /// Starts the clients.
  /// - Parameters:
  ///   - keepsAlive: whether a client posts on one connection until the server says that it closes; else each callback has its own.
  ///   - pause: how long each client waits after each answer, in microseconds.
  init(
    _ load: CallbackLoad, in network: MachineNetwork, port: Int = PackagedService.port, clients: Int = 16,
    keepsAlive: Bool, pause: useconds_t = 10_000
  ) {
    self.load = load
    self.port = port
    self.keepsAlive = keepsAlive
    self.pause = pause
    running = Atomic(clients)
    for _ in 0..<clients {
      network.thread {
        self.post()
        self.running.subtract(1, ordering: .relaxed)
      }
    }
  }

  /// What the clients have met so far.
  var met: Tally { tally.withLock { $0 } }

  /// Waits until this many more callbacks have been acknowledged.
  func acknowledges(_ more: Int, within seconds: Double = 60) async throws {
    let goal = met.acknowledged.count + more
    let end = ContinuousClock.now + .seconds(seconds)
    while met.acknowledged.count < goal {
      guard ContinuousClock.now < end else {
        throw SystemdMachine.Trouble(description: "\(more) more were not acknowledged within \(seconds) s: \(met)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Lets every client finish what it has begun, and tells what they met.
  func stop() async throws -> Tally {
    stopping.store(true, ordering: .relaxed)
    let end = ContinuousClock.now + .seconds(90)
    while running.load(ordering: .relaxed) > 0 {
      guard ContinuousClock.now < end else { throw SystemdMachine.Trouble(description: "clients hang: \(met)") }
      try await Task.sleep(for: .milliseconds(5))
    }
    try #require(next.load(ordering: .relaxed) < load.count, "the load was used up")
    return met
  }

  private func post() {
    var connection: MachineConnection?
    while !stopping.load(ordering: .relaxed) {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < load.count else { return }
      do {
        let current = try connection ?? MachineConnection(to: port)
        let answer = try current.exchange(load.request(index))
        connection = keepsAlive && !answer.closes ? current : nil
        tally.withLock {
          if answer.status == 200 { $0.acknowledged.insert(index) } else { $0.answers[answer.status, default: 0] += 1 }
        }
      } catch {
        connection = nil
        tally.withLock {
          switch error as? MachineConnection.Failure {
          case .refused: $0.refused += 1
          case .broken: $0.broken += 1
          default: $0.failures.append("\(error)")
          }
        }
      }
      usleep(pause)
    }
  }
}
