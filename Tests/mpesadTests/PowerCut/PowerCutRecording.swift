import Foundation
import Logging
import Payments
import Store
import Testing

@testable import mpesad

/// The system calls of a real daemon under load: over several connections, through a full disk, a SIGKILL with a log left behind, and a
/// second start on the same files.
struct PowerCutRecording {
  struct Acknowledgement: Equatable {
    /// Index of the event with which the answer began to leave.
    let event: Int
    let transaction: Int64
    /// The spool had it when it was acknowledged.
    let isSpooled: Bool
  }

  /// Directory that the files are in; it is gone when the recording is returned.
  let root: String
  /// The state directory's files before the daemon started.
  let start: [String: [UInt8]]
  private(set) var events: [TraceEvent] = []
  private(set) var acknowledgements: [Acknowledgement] = []
  /// Bytes of the traces.
  private(set) var traced = 0

  static let settings = ["MPESAD_SPOOL_BYTES": "65536"]
  private static let transactions = 3_000

  /// Records. The files are on a small file system of their own, which can be filled.
  init(in workspace: Workspace) async throws {
    let disk = try Self.realPath(workspace.path) + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try FullDiskTests.run("/bin/mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk)
    defer { try? FullDiskTests.run("/bin/umount", "-l", disk) }
    root = disk + "/state"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let load = try await Self.seed(root)
    start = try Self.files(below: root)

    let client = CallbackClient(load)
    let first = try TracedDaemon(state: root, trace: workspace.path + "/trace-1")
    let port = try await first.daemon.port(within: 60)
    try await Self.postInPortions(client, port, connections: 6)
    try await Self.postInPortions(client, port, connections: 1)
    try await Self.postThroughAFullDisk(client, port, disk + "/ballast")
    let before = client.ledger.count
    async let posting: Void = client.post(to: port, connections: 6)
    while client.ledger.count < before + 60 { try await Task.sleep(for: .milliseconds(2)) }
    try await first.end(SIGKILL)
    await posting
    #expect(try Self.files(below: root).contains { $0.key.hasSuffix("-wal") && !$0.value.isEmpty }, "no log was left")
    var model = DiskModel(start)
    let next = try add(first.trace, from: 0, to: &model)

    let second = try TracedDaemon(state: root, trace: workspace.path + "/trace-2")
    let secondPort = try await second.daemon.port(within: 60)
    try await Self.postInPortions(client, secondPort, connections: 6)
    await client.post(to: secondPort, connections: 2, most: client.begun + 30)
    try await second.end(SIGTERM)
    _ = try add(second.trace, from: next, to: &model)
    findAcknowledgements()
    let acknowledged = Set(acknowledgements.map(\.transaction))
    #expect(
      acknowledged.isSuperset(of: client.ledger.map { load.transaction($0).number }),
      "the trace lacks an acknowledgement")
  }

  /// Reads a trace whose program has ended, and makes sure that the model holds what the file system holds.
  private mutating func add(_ trace: String, from number: Int, to model: inout DiskModel) throws -> Int {
    let data = try Data(contentsOf: URL(fileURLWithPath: trace), options: .mappedIfSafe)
    traced += data.count
    var reader = SystemCallTrace(root: root, first: number)
    try data.withUnsafeBytes { try reader.read($0) }
    for event in reader.events { model.apply(event) }
    var read = reader.events
    let files = try Self.files(below: root)
    // A killed program leaves calls of which only the files tell whether they were carried out.
    for unended in reader.unended {
      let done = model.isVisible(unended, in: files)
      read.append(.ended(unended, result: done ? .max : -1))
      model.apply(.ended(unended, result: done ? .max : -1))
    }
    events += read
    let visible = model.visible
    #expect(Set(visible.keys) == Set(files.keys), "the model has other files than the disk")
    for (path, content) in files where visible[path] != content {
      let modelled = visible[path] ?? []
      let place = zip(content, modelled).enumerated().first { $1.0 != $1.1 }?.offset
      Issue.record("the model of \(path) differs at \(place ?? min(content.count, modelled.count))")
    }
    return reader.nextNumber
  }

  /// Posts with pauses, in which the daemon settles all it has, checkpoints, and begins the log anew.
  private static func postInPortions(_ client: CallbackClient, _ port: Int, connections: Int) async throws {
    for _ in 1...5 {
      await client.post(to: port, connections: connections, most: client.begun + 5 * connections + 5)
      try await Task.sleep(for: .milliseconds(150))
    }
  }

  /// Fills the disk, posts until the spool is full as well, makes room again and posts until the database has taken the spool in.
  private static func postThroughAFullDisk(_ client: CallbackClient, _ port: Int, _ ballast: String) async throws {
    try FullDiskTests.fill(ballast)
    await client.post(to: port, connections: 4, most: client.begun + 800) { client.refusals >= 4 }
    #expect(client.refusals >= 4, "the disk did not fill")
    try FileManager.default.removeItem(atPath: ballast)
    let before = client.ledger.count
    let end = ContinuousClock.now + .seconds(20)
    while client.ledger.count < before + 60, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(100))
      await client.post(to: port, connections: 4, most: client.begun + 60) { client.ledger.count >= before + 60 }
    }
    #expect(client.ledger.count >= before + 60, "callbacks are still refused after space returned")
  }

  private static func seed(_ directory: String) async throws -> CallbackLoad {
    let store = try SQLiteStore(
      directory: directory, options: SQLiteOptions(spoolBytes: 65_536), logger: Logger(label: "seed"))
    let pending = try await store.seedPendingTransactions(transactions)
    await store.close()
    let tokens = CallbackTokens(key: try KeyFile.key(at: directory + "/callback.key"))
    return CallbackLoad(tokens: tokens, transactions: pending, path: "/api/payments/callbacks")
  }

  private static func files(below root: String) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      let path = root + "/" + name
      guard TracedDiskCall.counts(path, in: root),
        try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular
      else { continue }
      found[path] = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return found
  }

  private static func realPath(_ path: String) throws -> String {
    let resolved = try #require(realpath(path, nil))
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

extension PowerCutRecording {
  /// Which answer was for which callback: the connection's last request. What is in the spool is known by the names in the bodies.
  private mutating func findAcknowledgements() {
    var asked: [String: Int64] = [:]
    var spooled: Set<Int64> = []
    for (index, event) in events.enumerated() {
      switch event {
      case .received(let socket, let bytes): asked[socket] = Self.numbers(behind: "callbacks/", in: bytes).first
      case .begun(_, .write(let path, _, _, let bytes)) where path.hasSuffix(".spool"):
        spooled.formUnion(Self.numbers(behind: "ws_CO_LOAD_", in: bytes))
      case .answered(let socket, 200):
        guard let transaction = asked[socket] else { continue }
        acknowledgements.append(
          Acknowledgement(event: index, transaction: transaction, isSpooled: spooled.contains(transaction)))
      default: break
      }
    }
  }

  static func numbers(behind text: StaticString, in bytes: [UInt8]) -> [Int64] {
    bytes.withUnsafeBytes { buffer in
      guard var cursor = TraceCursor(buffer) else { return [] }
      var found: [Int64] = []
      while cursor.skip(past: text) { if let number = cursor.number() { found.append(Int64(number)) } }
      return found
    }
  }
}
