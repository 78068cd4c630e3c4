import Testing

@testable import Web

@Suite struct TemplatesTests {
  struct Content {
    var name: String
    var lines: [String] = []
  }

  @Test(arguments: ["<script>alert(1)</script>", "\" onclick=\"x", "'><img src=x>", "a & b"])
  func valuesAreEscaped(_ hostile: String) throws {
    let templates = try Templates(["page": Array("<p title=\"{{name}}\">{{name}}</p>".utf8)])
    let page = try templates.page("page", Content(name: hostile))
    #expect(!page.contains(hostile))
    #expect(page.components(separatedBy: "<").count == 3 && page.components(separatedBy: "\"").count == 3, "\(page)")
  }

  /// To people a quote with an accent upon it is one character; to a browser it is a quote.
  @Test(arguments: ["<", ">", "\"", "'", "&"], ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{E0020}"])
  func whatStandsUponASignDoesNotHideIt(_ sign: String, _ accent: String) throws {
    let templates = try Templates([
      "part": Array("<i title='{{name}}'></i>".utf8),
      "layout": Array("<main title=\"{{name}}\">{{$main}}{{/main}}</main>".utf8),
      "page": Array("{{<layout}}{{$main}}{{#lines}}<p>{{.}}</p>{{/lines}}{{> part}}{{/main}}{{/layout}}".utf8),
    ])
    let hostile = "x" + sign + accent + "y"
    let page = try templates.page("page", Content(name: hostile, lines: [hostile]))
    #expect(!Array(page.unicodeScalars).contains(Array(hostile.unicodeScalars)), "\(page)")
  }

  @Test(arguments: ["{{{name}}}", "{{&name}}"])
  func aTemplateThatWouldNotEscapeIsRefused(_ text: String) {
    #expect(throws: Templates.Failure.self) { try Templates(["page": Array(text.utf8)]) }
  }

  @Test func aPageStandsInAnother() throws {
    let templates = try Templates([
      "layout": Array("<main>{{$main}}{{/main}}</main>".utf8),
      "page": Array("{{<layout}}{{$main}}{{#lines}}<p>{{.}}</p>{{/lines}}{{/main}}{{/layout}}".utf8),
    ])
    #expect(
      try templates.page("page", Content(name: "", lines: ["a", "<b>"])) == "<main><p>a</p><p>&lt;b&gt;</p></main>")
  }

  @Test func aTemplateThatNobodyWroteIsSaidSo() throws {
    let templates = try Templates([:])
    #expect(throws: Templates.Failure.self) { try templates.page("page", Content(name: "")) }
  }
}
