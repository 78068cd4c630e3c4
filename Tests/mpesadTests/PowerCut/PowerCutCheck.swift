import AsyncHTTPClient
import Foundation
import GRDB
import NIOCore

/// Opens one image with the real daemon, lets it finish its work, and counts on a connection of its own.
struct PowerCutCheck {
  /// What is wrong; nothing when the image is good.
  private(set) var faults: [String] = []
  /// How many acknowledged callbacks are not in the inbox.
  private(set) var missing = 0
  /// How long the daemon took until it was ready, and the whole until everything was counted.
  private(set) var start = Duration.zero
  private(set) var whole = Duration.zero

  /// - Parameter acknowledged: the transactions whose callbacks were answered 200 before the power went.
  init(state: String, acknowledged: Set<Int64>) async throws {
    let begun = ContinuousClock.now
    let daemon = try MpesadProcess(
      ["serve", "--state", state, "--listen", "127.0.0.1:0", "--log-level", "notice"],
      environment: PowerCutRecording.settings)
    do {
      let port = try await daemon.port(within: 60)
      start = ContinuousClock.now - begun
      if try await !Self.finishes(state, port, acknowledged) { faults.append("its work is not finished") }
      daemon.signal(SIGTERM)
      let status = try await daemon.wait()
      if status != 0 { faults.append("ended with \(status)") }
    } catch let ended as MpesadProcess.Ended {
      faults.append("does not run: \(ended)")
    }
    do {
      try await count(state, acknowledged)
    } catch {
      faults.append("cannot be read: \(error)")
    }
    whole = ContinuousClock.now - begun
    guard !faults.isEmpty else { return }
    let troubles = daemon.said.split(separator: "\n").filter { $0.contains(" warning ") || $0.contains(" error ") }
    faults.append("it said: \(troubles.suffix(5).joined(separator: "\n"))")
  }

  /// Whether the daemon is ready, has emptied the spool and settled all it has. Losses are waited for a while longer, so that a spool which
  /// is taken in late is not taken for one.
  private static func finishes(_ state: String, _ port: Int, _ acknowledged: Set<Int64>) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(20)
    var losing = 0
    while ContinuousClock.now < end {
      if try await isIdle(port) {
        let view = try LedgerView(directory: state)
        if try await !view.hasUnsettledDeliveries() {
          if try await acknowledged.isSubset(of: view.completed()) { return true }
          losing += 1
          if losing > 50 { return true }
        }
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  /// The daemon's own word: ready, and nothing in the spool.
  private static func isIdle(_ port: Int) async throws -> Bool {
    func get(_ path: String) async throws -> (status: UInt, text: String) {
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
      // A connection that stays open holds up the stop by half a second.
      request.headers.add(name: "Connection", value: "close")
      let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
      return (answer.status.code, String(buffer: try await answer.body.collect(upTo: 1 << 20)))
    }
    guard try await get("/readyz").status == 200 else { return false }
    return try await get("/metrics").text.split(separator: "\n").contains("mpesad_spool_bytes 0")
  }

  private mutating func count(_ state: String, _ acknowledged: Set<Int64>) async throws {
    let view = try LedgerView(directory: state)
    let lost = try await acknowledged.subtracting(view.delivered())
    missing = lost.count
    if !lost.isEmpty { faults.append("\(missing) acknowledged and not in the inbox: \(lost.sorted().prefix(5))") }
    let unsettled = try await acknowledged.subtracting(view.completed()).subtracting(lost)
    if !unsettled.isEmpty { faults.append("\(unsettled.count) not settled: \(unsettled.sorted().prefix(5))") }
    let twice = try await view.settledTwice()
    if !twice.isEmpty { faults.append("settled twice: \(twice.sorted().prefix(5))") }
    let integrity = try await view.integrity()
    if integrity != ["ok"] { faults.append("integrity_check: \(integrity.prefix(3))") }
  }
}
