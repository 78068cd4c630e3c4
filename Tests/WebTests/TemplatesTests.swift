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

  @Test(
    arguments: [
      ("a\u{202E}b", "a\u{FFFD}b"), ("\u{0}\u{1B}[2J", "\u{FFFD}\u{FFFD}[2J"), ("200\u{200B}0", "200\u{FFFD}0"),
      ("1\u{2066}2", "1\u{FFFD}2"), ("a\tb\r\nc", "a\tb\r\nc"), ("👩\u{200D}🌾", "👩\u{200D}🌾"),
      ("Šárka Ng'ombe", "Šárka Ng&#39;ombe"),
    ])
  func whatNobodySeesIsShown(_ text: String, _ shown: String) throws {
    let templates = try Templates(["page": Array("{{name}}".utf8)])
    let page = try templates.page("page", Content(name: text))
    #expect(Array(page.unicodeScalars) == Array(shown.unicodeScalars))
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
