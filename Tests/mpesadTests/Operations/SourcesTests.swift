import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// `mpesad sources`: who called, and what to do about it before the list is enforced.
@Suite struct SourcesTests {
  private static let counts = [
    SourceCount(
      address: "203.0.113.9", deliveries: 4, proven: 3, refused: 2, refusedProven: 2, firstSeen: 0, lastSeen: 9),
    SourceCount(address: "196.201.214.200", deliveries: 7, proven: 7, firstSeen: 0, lastSeen: 8),
    SourceCount(address: "198.51.100.1", deliveries: 2, wrongTokens: 2, firstSeen: 0, lastSeen: 7),
    SourceCount(address: SourceCount.others, deliveries: 1, firstSeen: 0, lastSeen: 6),
  ]

  private func report(_ policy: CallbackPolicy, _ list: AddressList = SafaricomAddresses.list) -> SourceReport {
    SourceReport(Self.counts, under: CallbackRules(policy: policy, sources: list))
  }

  @Test func anUnknownAddressWithValidTokensIsPointedOut() {
    let logging = report(.log)
    #expect(logging.sources.map(\.listed) == [false, true, false, nil])
    #expect(logging.advice.count == 1, "who proves nothing is no reason to change the list")
    let advice = logging.advice.first ?? ""
    #expect(
      advice.hasPrefix("203.0.113.9 is not on the list and delivered 3 with valid tokens, of which 2 were refused"))
    #expect(advice.contains("mpesa_callback_sources before enforcing") && advice.contains("trusted_proxies"))
    #expect(report(.enforce).advice.first?.contains("before enforcing") == false)
  }

  @Test func theListIsNamedWithItsOrigin() throws {
    #expect(report(.log).listOrigin.contains(SafaricomAddresses.date))
    #expect(report(.log).list.count == 14)
    let own = try AddressList(parsing: "203.0.113.0/24")
    #expect(report(.enforce, own).listOrigin == "mpesa_callback_sources")
    #expect(report(.enforce, own).sources.map(\.listed) == [true, false, false, nil])
    #expect(report(.enforce).heading.first == "Policy: enforce (mpesa_callback_policy)")
  }

  struct Report: Decodable {
    struct Source: Decodable {
      var address: String
      var listed: Bool?
      var deliveries: Int
      var withToken: Int
      var wrongToken: Int
    }
    var policy: String
    var sources: [Source]
    var advice: [String]
  }

  @Test(.timeLimit(.minutes(1))) func theDaemonTellsAtOnceAndItLasts() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 1)
    let tokens = CallbackTokens(key: try KeyFile.key(at: workspace.path + "/callback.key"))
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    let port = try await daemon.port()
    for path in ["", "/\(tokens.token(for: load.token(0)))", "/1.wrong"] {
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/payments/callbacks\(path)")
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: "{}"))
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
      #expect(response.status == .ok)
      _ = try await response.body.collect(upTo: 1_024)
    }
    let asked = try await CommandRun(["sources", "--state", workspace.path, "--json"])
    try expectTheCaller(in: asked)
    daemon.signal(SIGTERM)
    let status = try await daemon.wait()
    #expect(status == 0)
    let afterwards = try await CommandRun(["sources", "--state", workspace.path, "--json"])
    try expectTheCaller(in: afterwards)

    let lines = try await CommandRun(["sources", "--state", workspace.path])
    #expect(lines.cells.first?.first == "address" && lines.cells.dropFirst().first?.first == "127.0.0.1")
    #expect(lines.messages.contains("Policy: log") && lines.messages.contains(SafaricomAddresses.date))
    #expect(lines.messages.contains("127.0.0.1 is not on the list"))
  }

  private func expectTheCaller(in run: CommandRun) throws {
    #expect(run.status == 0, "\(run.messages)")
    let report = try run.json(Report.self)
    #expect(report.policy == "log" && report.advice.count == 1)
    let source = try #require(report.sources.first)
    #expect(report.sources.count == 1 && source.address == "127.0.0.1" && source.listed == false)
    #expect(source.deliveries == 3 && source.withToken == 1 && source.wrongToken == 1)
  }
}
