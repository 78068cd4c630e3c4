import Daraja
import Payments
import Testing

@testable import Gateway

@Suite("The API's description", .timeLimit(.minutes(1)))
struct OpenAPITests {
  static let document = (try? JSONValue.parse(OpenAPIDocument(version: "1.2.3").bytes)) ?? .null

  @Test("It is JSON, names its version, and every reference leads somewhere")
  func wellFormed() throws {
    #expect(Self.document["openapi"] == .string("3.1.0"))
    #expect(Self.document["info"]?["version"] == .string("1.2.3"))
    var references: [String] = []
    Self.visit(Self.document) { name, value in
      if name == "$ref", let text = value.text { references.append(text) }
    }
    #expect(references.count > 20)
    for reference in Set(references) {
      let path = reference.split(separator: "/").dropFirst()
      #expect(path.reduce(Self.document) { $0[String($1)] ?? .null } != .null, "\(reference)")
    }
  }

  @Test("It has every address of the router, and no other")
  func routes() async throws {
    try await TestGateway.run { gateway in
      // Pages are for people and their browsers.
      let served = Set(
        gateway.gateway.endpoints.all.filter { !$0.path.hasPrefix(CheckoutAddresses.path) }
          .map { "\($0.method) \($0.path) \($0.needsUser)" })
      let described = Set(
        DocumentedOperations.all.filter { $0.access != .callbacks }.map {
          "\($0.method) \($0.route) \($0.access == .users)"
        })
      #expect(served == described)
      #expect(Set(DocumentedOperations.all.map(\.id)).count == DocumentedOperations.all.count)
    }
  }

  @Test("It has the callback addresses, and the ingest takes them")
  func callbacks() {
    let described = DocumentedOperations.all.filter { $0.access == .callbacks }
    #expect(described.count == 2 * CallbackPath.bases.count)
    for operation in described {
      #expect(CallbackPath(target: operation.path.replacing("{token}", with: "1.ab")) != nil)
    }
  }

  @Test("Every error stands with an operation, but for those that belong to no operation")
  func errors() {
    let described = Set(DocumentedOperations.all.flatMap(\.allErrors))
    let elsewhere: Set<ErrorCode> = [.notFound, .methodNotAllowed]
    #expect(Set(ErrorCode.allCases).subtracting(described) == elsewhere)
    #expect(described.isDisjoint(with: elsewhere))
  }

  @Test("The webhook's schema has the fields that are sent, in name and number")
  func webhook() throws {
    var transaction = try Transaction.example()
    transaction.status = .pending
    let refused = settle(
      transaction, with: .queryAnswer(.result("1032", description: nil)), in: Circumstances(), at: TestGateway.now)
    let event = try #require(WebhookEvent(refused, orderReference: "INV-9"))
    let schema = Self.document["components"]?["schemas"]?["WebhookEvent"]?["properties"]
    let sent = try JSONValue.parse(event.body)
    #expect(Self.names(sent) == Self.names(schema))
    #expect(Self.names(sent["data"]) == Self.names(schema?["data"]?["properties"]))
    let example = Self.document["webhooks"]?["payment"]?["post"]?["requestBody"]?["content"]?["application/json"]?[
      "example"]
    #expect(Self.names(example?["data"]) == Self.names(sent["data"]))
  }

  private static func names(_ value: JSONValue?) -> [String] {
    guard case .object(let members)? = value else { return [] }
    return members.map(\.name)
  }

  @Test("Whoever has the current document is told so")
  func etag() async throws {
    try await TestGateway.run { gateway in
      let first = try await gateway.send("GET", "/openapi.json")
      #expect(first.status == 200)
      #expect(first.json == Self.document)
      let etag = try #require(first.headers["etag"])
      for tag in [etag, "W/\(etag)", "\"x\", \(etag)", "*"] {
        let again = try await gateway.send("GET", "/openapi.json", headers: [("if-none-match", tag)])
        #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == etag)
      }
      let other = try await gateway.send("GET", "/openapi.json", headers: [("if-none-match", "\"x\"")])
      #expect(other.status == 200)
    }
  }

  private static func visit(_ value: JSONValue, _ body: (String, JSONValue) -> Void) {
    switch value {
    case .object(let members):
      for member in members {
        body(member.name, member.value)
        visit(member.value, body)
      }
    case .array(let elements): for element in elements { visit(element, body) }
    case .null, .bool, .number, .string: break
    }
  }
}
