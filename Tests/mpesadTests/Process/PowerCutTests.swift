import Foundation
import Testing

@testable import mpesad

/// Whether a 200 survives a power cut is an order of system calls: the log is written, the log is synced, then the answer leaves.
@Suite struct PowerCutTests {
  @Test(.enabled(if: Requirement.met(Requirement.strace != nil), "strace is not installed"))
  func everyAcknowledgementFollowsItsSync() async throws {
    let strace = try #require(Requirement.strace, "strace is required here")
    let workspace = try Workspace()
    defer { workspace.remove() }
    let count = 40
    let load = try await KillTests.seed(workspace.path, count)
    let trace = workspace.path + "/trace"
    let daemon = try MpesadProcess(
      ["serve", "--state", workspace.path, "--listen", "127.0.0.1:0", "--log-level", "info"],
      through: [
        strace, "-f", "-y", "-s", "5000", "-o", trace, "-e",
        "trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg",
      ])
    let port = try await daemon.port(within: 60)
    let client = CallbackClient(load)
    await client.post(to: port, connections: 1)
    // strace passes the signal on to nobody: the daemon is its child.
    for child in try Self.children(of: daemon.pid) { kill(child, SIGTERM) }
    _ = try await daemon.wait()
    #expect(client.ledger.count == count)
    let order = SystemCallOrder(trace: try String(contentsOfFile: trace, encoding: .utf8))
    #expect(order.acknowledgements == count)
    #expect(order.violations(marks: (0..<count).map { load.receipt($0) }) == [])
  }

  static let mark = "U00000000A"
  static let good = """
    71 pwrite64(9</s/mpesad.db-wal>, "..U00000000A..", 4096, 32) = 4096
    71 fdatasync(9</s/mpesad.db-wal>) = 0
    72 writev(12<socket:[5]>, [{iov_base="HTTP/1.1 200 OK\\r\\n"...}], 2) = 120
    """

  static let interleaved = """
    71 pwrite64(9</s/mpesad.db-wal>, "..U00000000A..", 4096, 32) = 4096
    71 fdatasync(9</s/mpesad.db-wal> <unfinished ...>
    72 write(3<socket:[4]>, "log"..., 3) = 3
    71 <... fdatasync resumed>) = 0
    72 writev(12<socket:[5]>, [{iov_base="HTTP/1.1 200 OK\\r\\n"...}], 2) = 120
    """

  /// The next batch may begin before the answer of the last one leaves.
  static let settledMeanwhile = good.replacingOccurrences(
    of: "72 writev", with: "71 pwrite64(9</s/mpesad.db-wal>, \"..\", 4096, 64) = 4096\n72 writev")

  @Test(arguments: [good, interleaved, settledMeanwhile]) func theCheckerAcceptsTheRightOrder(trace: String) {
    #expect(SystemCallOrder(trace: trace).acknowledgements == 1)
    #expect(SystemCallOrder(trace: trace).violations(marks: [Self.mark]) == [])
  }

  static let wrong: [(String, String)] = [
    ("no sync", good.replacingOccurrences(of: "71 fdatasync(9</s/mpesad.db-wal>) = 0\n", with: "")),
    (
      "failed sync",
      good.replacingOccurrences(of: "mpesad.db-wal>) = 0", with: "mpesad.db-wal>) = -1 EIO (Input/output error)")
    ),
    (
      "another file synced",
      good.replacingOccurrences(of: "fdatasync(9</s/mpesad.db-wal>", with: "fdatasync(9</s/other>")
    ),
    (
      "answered while syncing",
      interleaved.split(separator: "\n").enumerated().sorted { left, right in
        // The answer moves to before the end of the sync.
        (left.offset == 4 ? 25 : left.offset * 10) < (right.offset == 4 ? 25 : right.offset * 10)
      }.map { String($0.element) }.joined(separator: "\n")
    ),
    (
      "synced before it was written",
      good.split(separator: "\n").enumerated().sorted { left, right in
        (left.offset == 1 ? -1 : left.offset) < (right.offset == 1 ? -1 : right.offset)
      }.map { String($0.element) }.joined(separator: "\n")
    ),
    ("another payment's bytes", good.replacingOccurrences(of: mark, with: "U00000000B")),
    ("nothing written", "72 writev(12<socket:[5]>, [{iov_base=\"HTTP/1.1 200 OK\\r\\n\"...}], 2) = 120"),
  ]

  @Test(arguments: wrong) func theCheckerSeesTheWrongOrder(name: String, trace: String) {
    #expect(SystemCallOrder(trace: trace).violations(marks: [Self.mark]).count == 1, "\(name)")
  }

  private static func children(of pid: pid_t) throws -> [pid_t] {
    let text = try String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)
    return text.split(separator: " ").compactMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }
}
