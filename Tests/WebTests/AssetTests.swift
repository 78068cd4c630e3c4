import Testing

@testable import Web

@Suite struct AssetTests {
  @Test func theAddressChangesWithTheContent() {
    let one = Asset("console.css", Array("a{}".utf8))
    let other = Asset("console.css", Array("b{}".utf8))
    #expect(one.path != other.path)
    #expect(one.path.wholeMatch(of: /assets\/[0-9a-f]{12}\/console\.css/) != nil, "\(one.path)")
  }

  @Test(arguments: [
    ("a.css", "text/css; charset=utf-8"), ("a.js", "text/javascript; charset=utf-8"), ("a.svg", "image/svg+xml"),
    ("a.exe", "application/octet-stream"),
  ])
  func theEndingSaysWhatItIs(_ name: String, _ type: String) {
    let headers = Asset(name, []).headers
    #expect(headers[.contentType] == type)
    #expect(headers[.xContentTypeOptions] == "nosniff")
    #expect(headers[.cacheControl]?.contains("immutable") == true)
  }
}
