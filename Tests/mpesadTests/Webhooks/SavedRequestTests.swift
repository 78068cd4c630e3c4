import Testing

@testable import mpesad

@Suite struct SavedRequestTests {
  private static let head = "POST /hook HTTP/1.1\r\nHost: shop\r\nWebhook-Id: evt_1\r\nwebhook-timestamp: 17\r\n"
  private static let whole = SavedRequest(id: "evt_1", timestamp: "17", signature: "v1,AA==", body: Array("{}".utf8))

  @Test(arguments: [
    head + "WEBHOOK-SIGNATURE:v1,AA==\r\nContent-Length: 2\r\n\r\n{}",
    head + "WEBHOOK-SIGNATURE:v1,AA==\r\nContent-Length: 2\r\n\r\n{}\n",
    (head + "webhook-signature: v1,AA==\r\n\r\n{}").replacing("\r\n", with: "\n"),
    "webhook-signature: v1,AA==\nwebhook-id: evt_1\nwebhook-timestamp: 17\n\n{}",
  ])
  func aRequestIsReadAsItCameOrAsAnEditorSavedIt(text: String) throws {
    #expect(try SavedRequest(Array(text.utf8)) == Self.whole)
  }

  @Test func whatIsNotThereIsNil() throws {
    #expect(
      try SavedRequest(Array("Host: shop\n\nbody\n".utf8))
        == SavedRequest(id: nil, timestamp: nil, signature: nil, body: Array("body\n".utf8)))
  }

  @Test(arguments: ["{}", "", head, head + "Content-Length: 3\r\n\r\n{}"])
  func aFileThatIsNoWholeRequestIsRefused(text: String) {
    #expect(throws: OperationError.self) { try SavedRequest(Array(text.utf8)) }
  }
}
