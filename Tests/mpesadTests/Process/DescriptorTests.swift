import Foundation
import Gateway
import Testing

@testable import mpesad

/// Few descriptors, as any start outside of the unit has: nothing spins, nobody is refused, and whoever is honest is answered.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DescriptorTests {
  /// How a shell limits the daemon that it starts, and how many connections then fit in.
  enum Limit: String, CaseIterable {
    case softAndHard1024 = "ulimit -n 1024"
    case softAndHard256 = "ulimit -n 256"
    case soft256 = "ulimit -S -n 256"

    /// Whether all connections of `connection_limit` fit.
    var suffices: Bool { self == .soft256 }
  }

  private static let idle = 1_100
  private static let canHold = DescriptorLimit.raise(for: 2 * idle).connections(of: 2 * idle) >= idle + 100
  private static let need: Comment = "this process may not open enough connections: raise `ulimit -Hn` to 4096"

  @Test(.enabled(if: Requirement.met(canHold), need), arguments: Limit.allCases)
  func strangersWhoHoldEveryConnectionCostNothingAndKeepNobodyOut(limit: Limit) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 100)
    let daemon = try MpesadProcess(
      ["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"],
      through: ["/bin/sh", "-c", limit.rawValue + #" && exec "$0" "$@""#])
    let port = try await daemon.port()
    let told = daemon.said.split(separator: "\n").filter {
      $0.contains("LimitNOFILE=") && $0.contains("connection_limit")
    }
    #expect(told.count == (limit.suffices ? 0 : 1), "\(daemon.said)")

    let strangers = try IdleConnections(Self.idle, to: port)
    defer { strangers.close() }
    let share = try await Self.processorShare(of: daemon, over: .seconds(3))
    #expect(share < 0.2, "\(limit.rawValue): \(Int(share * 100)) % of a core for connections on which nothing comes")

    let client = CallbackClient(load)
    let began = ContinuousClock.now
    await client.post(to: port, connections: 20, most: 100)
    #expect(
      client.ledger.count == 100 && client.refusals == 0, "\(client.ledger.count) of 100: \(daemon.said.suffix(800))")
    print(
      "\(limit.rawValue): \(Int(share * 100)) % of a core, 100 honest callbacks answered in \(ContinuousClock.now - began)"
    )
    #expect(!daemon.said.contains("No descriptor is left"), "the reserve was used up: \(daemon.said.suffix(800))")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(1_000))")
  }

  @Test(
    .enabled(if: Requirement.met(canHold), need),
    .enabled(
      if: Requirement.met(Requirement.executable("prlimit") != nil), "prlimit (util-linux) takes descriptors away"))
  func whereNoDescriptorIsLeftAcceptingPausesAndGoesOnWhenConnectionsClose() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 100)
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    let port = try await daemon.port()
    // Nothing that the daemon could have known of when it started.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd").count
    let prlimit = try #require(Requirement.executable("prlimit"))
    try FullDiskTests.run(prlimit, "--pid", "\(daemon.pid)", "--nofile=\(open + 60):\(open + 60)")

    let strangers = try IdleConnections(200, to: port)
    defer { strangers.close() }
    let share = try await Self.processorShare(of: daemon, over: .seconds(3))
    print("no descriptor left: \(Int(share * 100)) % of a core")
    #expect(share < 0.2, "\(Int(share * 100)) % of a core while nothing can be accepted")
    #expect(daemon.said.contains("No descriptor is left"), "\(daemon.said.suffix(800))")

    let client = CallbackClient(load)
    await client.post(to: port, connections: 4, most: 100)
    #expect(
      client.ledger.count == 100 && client.refusals == 0, "\(client.ledger.count) of 100: \(daemon.said.suffix(800))")
    #expect(daemon.said.components(separatedBy: "No descriptor is left").count == 2, "it is told once a minute at most")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(1_000))")
  }

  @Test func moreIsAskedOfTheSystemOnlyWhereItIsNeeded() {
    let enough = DescriptorLimit.raise(for: 10)
    #expect(DescriptorLimit.raise(for: 1) == enough, "a limit is never lowered")
    #expect(enough.connections(of: 10) == 10)
    #expect(enough.connections(of: 0) == 1, "somebody is always let in")
  }

  /// How much of one core a process has taken over a time.
  private static func processorShare(of process: MpesadProcess, over time: Duration) async throws -> Double {
    let (before, began) = (try ticks(process.pid), ContinuousClock.now)
    try await Task.sleep(for: time)
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    return Double(try ticks(process.pid) - before) / Double(sysconf(CInt(_SC_CLK_TCK))) / seconds
  }

  /// proc(5): user and system time are fields 14 and 15, counted behind the name in parentheses.
  private static func ticks(_ process: pid_t) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let fields = text[(try #require(text.lastIndex(of: ")")))...].split(separator: " ")
    return try #require(Int(fields[12])) + (try #require(Int(fields[13])))
  }
}

/// Connections to loopback on which nothing is ever sent.
private final class IdleConnections {
  struct Failed: Error {
    let call: String
    let code = errno
  }

  private var descriptors: [CInt] = []

  init(_ count: Int, to port: Int) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    for _ in 0..<count {
      let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else { throw Failed(call: "socket") }
      descriptors.append(descriptor)
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard result == 0 else { throw Failed(call: "connect") }
    }
  }

  func close() {
    for descriptor in descriptors { _ = Foundation.close(descriptor) }
    descriptors = []
  }

  deinit { close() }
}
