import Foundation
import Testing

@testable import DarajaSimulator

/// The limits that would take too many sockets to reach.
@Suite struct SandboxTests {
  @Test func aPushAboveTheLimitOfLivePromptsIsTooMuch() async throws {
    let (sandbox, bearer) = try await Self.sandbox(SimulatorConfiguration())
    for number in 0..<SimulatorLimits.livePrompts {
      guard case .play = await sandbox.push(authorization: bearer, body: Self.push(number)) else {
        Issue.record("push \(number) was refused")
        return
      }
    }
    let last = Self.push(SimulatorLimits.livePrompts)
    guard case .answer(let answer) = await sandbox.push(authorization: bearer, body: last) else {
      Issue.record("taken above the limit")
      return
    }
    #expect(answer.status == 500 && answer.body.contains("500.003.02"))
    let first = try #require(await sandbox.events.first { $0.kind == .pushAccepted }?.checkoutRequestID)
    await sandbox.finished(first)
    guard case .play = await sandbox.push(authorization: bearer, body: last) else {
      Issue.record("a finished prompt still counts")
      return
    }
  }

  @Test func onePhoneTwiceInAMillisecondHasTwoIDs() async throws {
    var configuration = SimulatorConfiguration()
    configuration.delays.customerAnswers = .zero
    let (sandbox, bearer) = try await Self.sandbox(configuration)
    var ids: Set<String> = []
    for _ in 0..<3 {
      guard case .play(let push, _) = await sandbox.push(authorization: bearer, body: Self.push(7)) else { continue }
      ids.insert(push.checkoutRequestID)
    }
    #expect(ids.count == 3)
  }

  private static func sandbox(_ configuration: SimulatorConfiguration) async throws -> (Sandbox, bearer: String) {
    let sandbox = Sandbox(configuration: configuration, seed: 1, clock: HandClock().clock)
    let pair = configuration.consumerKey + ":" + configuration.consumerSecret
    let answer = await sandbox.token(
      authorization: "Basic " + Data(pair.utf8).base64EncodedString(), grantType: "client_credentials")
    let token = try #require(JSONValue.object(in: Array(answer.body.utf8))?["access_token"]?.text)
    return (sandbox, "Bearer " + token)
  }

  private static func push(_ number: Int) -> [UInt8] {
    let configuration = SimulatorConfiguration()
    let phone = "2547111" + decimal(number, width: 5)
    let timestamp = "20260101120000"
    let password = Data((configuration.shortcode + configuration.passkey + timestamp).utf8).base64EncodedString()
    let text = """
      {"BusinessShortCode":"174379","Password":"\(password)","Timestamp":"\(timestamp)",\
      "TransactionType":"CustomerPayBillOnline","Amount":1,"PartyA":"\(phone)","PartyB":"174379",\
      "PhoneNumber":"\(phone)","CallBackURL":"http://127.0.0.1:9/c/t/","AccountReference":"A","TransactionDesc":"B"}
      """
    return Array(text.utf8)
  }
}
