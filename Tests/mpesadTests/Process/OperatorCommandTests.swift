import Foundation
import Logging
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// The operator's commands as scripts and people meet them.
@Suite struct OperatorCommandTests {
  static func store(_ workspace: Workspace) throws -> SQLiteStore {
    try SQLiteStore(directory: workspace.path, logger: Logger(label: "seed") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Three pending payments, and one unreadable delivery.
  static func seed(_ workspace: Workspace) async throws -> [Int64] {
    let store = try store(workspace)
    let range = try await store.seedPendingTransactions(3)
    let body = ByteBuffer(bytes: Array("not\tjson\n".utf8) + [0xFF])
    guard
      case .stored(let id) = try await store.append(
        NewDelivery(
          body: body, receivedAt: 1_000_000, source: "10.0.0.1",
          token: ProvenToken(range.lowerBound, nonce: Nonce(range.lowerBound.number))))
    else { throw CancellationError() }
    _ = try await store.conclude([(id, .quarantine(reason: "tab\there"))], at: 0)
    await store.close()
    return (range.lowerBound.number...range.upperBound.number).map { $0 }
  }

  @Test func onAPipeAListIsLinesOfCellsUnderAHeader() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let ids = try await Self.seed(workspace)
    let list = try await CommandRun(["transactions", "list", "--state", workspace.path, "--limit", "2"])
    #expect(list.status == 0, "\(list.messages)")
    #expect(list.cells.map(\.count) == [9, 9, 9])
    #expect(list.cells[0].prefix(3) == ["transaction", "created", "status"])
    #expect(list.cells.dropFirst().map { $0[0] } == ids.reversed().prefix(2).map { String($0) })
    #expect(list.messages == "There are more: --after \(ids[1])\n")

    let inbox = try await CommandRun(["inbox", "list", "--status", "quarantined", "--state", workspace.path])
    #expect(inbox.cells.count == 2 && inbox.cells.last?.last == #"tab\there"#, "\(inbox.messages)")
  }

  @Test func onATerminalAListIsAnAlignedTableInOneColourOrNone() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    _ = try await Self.seed(workspace)
    let command = "\(MpesadProcess.executable) transactions list --limit 1 --state \(workspace.path)"
    for (environment, begins) in [
      (["TERM": "xterm"], "\u{1B}[2mtransaction"), (["TERM": "xterm", "NO_COLOR": "1"], "transaction"),
    ] {
      let log = workspace.path + "/terminal-\(environment.count)"
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
      process.arguments = ["-qec", command, log]
      process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      let said = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
      let lines = said.split(whereSeparator: \.isNewline)
      #expect(lines.contains { $0.hasPrefix(begins) && !$0.contains("\t") }, "\(said)")
      #expect(said.contains("\u{1B}") == (environment["NO_COLOR"] == nil), "\(said)")
    }
  }

  @Test func jsonIsOneValueWithNamesInSnakeCase() async throws {
    struct List: Decodable {
      struct Record: Decodable {
        var transactionId: Int64
        var amount: String
        var phone: String
        var createdAt: String
        var status: String
        var flags: [String]
      }
      var transactions: [Record]
      var next: Int64?
    }
    let workspace = try Workspace()
    defer { workspace.remove() }
    let ids = try await Self.seed(workspace)
    let list = try await CommandRun(["transactions", "list", "--state", workspace.path, "--limit", "2", "--json"])
    let answer = try list.json(List.self)
    #expect(answer.transactions.map(\.transactionId) == [ids[2], ids[1]] && answer.next == ids[1])
    #expect(answer.transactions.allSatisfy { $0.amount == "1.00" && $0.createdAt == "1970-01-01T00:00:00.000000Z" })
    #expect(list.data.contains("\"transaction_id\"") && list.messages.isEmpty)
  }

  @Test func rawBytesComeOutAsTheyCameIn() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    _ = try await Self.seed(workspace)
    let raw = workspace.path + "/raw"
    let copy = try MpesadProcess(
      ["inbox", "show", "1", "--raw", "--state", workspace.path],
      through: ["/bin/sh", "-c", #"exec "$0" "$@" > '\#(raw)'"#])
    #expect(try await copy.wait() == 0)
    #expect(FileManager.default.contents(atPath: raw) == Data("not\tjson\n".utf8) + [0xFF])
    let shown = try await CommandRun(["inbox", "show", "1", "--state", workspace.path])
    #expect(shown.cells.contains(["note", #"tab\there"#]) && shown.cells.contains(["body", #"not\tjson\n\xff"#]))
  }

  @Test func aReaderThatHasEnoughIsNoError() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    _ = try await Self.seed(workspace)
    let result = try MpesadProcess(
      ["transactions", "list", "--state", workspace.path],
      through: ["/bin/bash", "-o", "pipefail", "-c", #"set +e; "$0" "$@" | true; echo "status ${PIPESTATUS[0]}""#])
    #expect(try await result.wait() == 0)
    #expect(result.said.contains("status 0") || result.said.contains("status 141"), "\(result.said)")
    #expect(!result.said.contains("Fatal"))
  }

  static let noes: [([String], Int32, String)] = [
    (["transactions", "show", "7"], 66, "no transaction 7"),
    (["transactions", "resolve", "7", "completed", "--reason", "x", "--yes"], 66, "no transaction 7"),
    (["transactions", "list", "--phone", "12"], 64, "--phone"),
    (["transactions", "list", "--since", "yesterday"], 64, "--since"),
    (["transactions", "list", "--limit", "501"], 64, "--limit"),
    (["transactions", "list", "--status", "paid"], 64, "pending"),
    (["transactions", "list", "--limt", "5"], 64, "Did you mean '--limit'?"),
    (["explain", "7"], 66, "no transaction 7"),
    (["explain"], 64, "transaction"),
    (["inbox", "show", "7"], 66, "no delivery 7"),
    (["inbox", "show", "1", "--raw", "--json"], 64, "--raw"),
    (["inbox", "replay"], 64, "--status"),
    (["inbox", "replay", "1", "--status", "unmatched"], 64, "--status"),
    (["inbox", "replay", "--status", "settled"], 64, "settled"),
    (["inbox", "discard", "--reason", "x"], 64, "--status"),
    (["inbox", "discard", "1", "--unproven", "--reason", "x"], 64, "--status"),
    (["inbox", "discard", "1"], 64, "--reason"),
    (["inbox", "discard", "7", "--reason", "x", "--yes"], 66, "no delivery 7"),
    (["inbox", "discard", "--status", "settled", "--reason", "x", "--yes"], 64, "unmatched or quarantined"),
    (["orders", "show", "7"], 66, "no order 7"),
    (["orders", "create", "--amount", "x", "--reference", "A"], 64, "amount"),
    (["completions", "tcsh"], 64, "bash"),
  ]

  @Test(arguments: noes) func eachNoHasItsExitCode(arguments: [String], status: Int32, named: String) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    await (try Self.store(workspace)).close()
    let needsState = arguments[0] != "completions"
    let result = try await CommandRun(arguments + (needsState ? ["--state", workspace.path] : []))
    #expect(result.status == status, "\(result.messages)")
    #expect(result.messages.contains(named), "\(result.messages)")
    #expect(result.data.isEmpty && !result.messages.contains("Fatal error"))
  }

  @Test func aRulingIsConfirmedAndWorks() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let ids = try await Self.seed(workspace)
    let resolve = [
      "transactions", "resolve", String(ids[0]), "failed", "--reason", "Refunded", "--state", workspace.path,
    ]
    let unasked = try await CommandRun(resolve)
    #expect(unasked.status == 64 && unasked.messages.contains("--yes"), "nobody is at the terminal to be asked")
    let ruled = try await CommandRun(resolve + ["--yes"])
    #expect(ruled.status == 0 && ruled.cells.last?.contains("ruled_failed") == true, "\(ruled.messages)")
    let again = try await CommandRun(resolve + ["--yes"])
    #expect(again.status == 1 && again.messages.contains("failed already"))
  }

  @Test func withoutSettingsNobodyIsAsked() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let ids = try await Self.seed(workspace)
    let result = try await CommandRun(["transactions", "query", String(ids[0]), "--state", workspace.path])
    #expect(result.status == 69 && result.messages.contains("mpesa_passkey"), "\(result.messages)")
  }

  @Test func whatWasGivenUpIsSettledByTheRunningDaemonWhenPutBack() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let store = try Self.store(workspace)
    let id = try await store.seedPendingTransactions(1).lowerBound
    let body =
      #"{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_LOAD_\#(id)","ResultCode":1032,"ResultDesc":"cancelled"}}}"#
    _ = try await store.append(
      NewDelivery(
        body: ByteBuffer(string: body), receivedAt: 0, source: "10.0.0.1",
        token: ProvenToken(id, nonce: Nonce(id.number))))
    _ = try await store.conclude([(DeliveryID(1), .quarantine(reason: "an older version could not read it"))], at: 0)
    await store.close()
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let replay = try await CommandRun(["inbox", "replay", "1", "--state", workspace.path])
    #expect(replay.status == 0 && replay.cells.last == ["1", "put back"], "\(replay.messages)")
    let end = ContinuousClock.now + .seconds(20)
    var state = ""
    while state != "settled", ContinuousClock.now < end {
      let shown = try await CommandRun(["inbox", "show", "1", "--state", workspace.path])
      state = shown.cells.first { $0[0] == "state" }?[1] ?? ""
    }
    #expect(state == "settled")
    let explained = try await CommandRun(["explain", "\(id)", "--state", workspace.path])
    #expect(explained.cells.last?[1] == "Not paid: cancelled.", "\(explained.data)")
    #expect(daemon.said.contains("put 1 delivery back to work"))
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
  }
}
