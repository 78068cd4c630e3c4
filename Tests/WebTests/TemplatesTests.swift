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
