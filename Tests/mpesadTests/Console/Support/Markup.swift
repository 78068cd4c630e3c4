import Testing

/// What strangers may put anywhere: each would be markup, would leave an attribute, or would turn or hide the text around it.
enum Hostile {
  static let texts = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg onload=alert(1)>", "</title><b>x",
    "\"\u{301} autofocus onfocus=alert(1) \"", "{{csrf}}", "\u{202E}txet", "a\u{0}b\u{1B}[2Jc\u{200B}",
  ]

  /// Scalars that no page shows as they are.
  static let unseen: [Unicode.Scalar] = ["\u{202E}", "\u{0}", "\u{1B}", "\u{200B}"]
}

/// The tags of a page, read as a browser does: a quote ends what a quote began, whatever stands upon it.
struct Markup {
  /// The names of the elements, each with its attributes' names.
  private(set) var elements: [(name: String, attributes: [String])] = []
  private(set) var text = ""

  init(_ html: String) {
    let scalars = Array(html.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      guard scalars[index] == "<", next.properties.isAlphabetic || next == "/" || next == "!" else {
        text.unicodeScalars.append(scalars[index])
        index += 1
        continue
      }
      var tag = ""
      var quote: Unicode.Scalar?
      index += 1
      while index < scalars.count, quote != nil || scalars[index] != ">" {
        let scalar = scalars[index]
        if quote == scalar { quote = nil } else if quote == nil, scalar == "\"" || scalar == "'" { quote = scalar }
        // Values do not matter here.
        tag.unicodeScalars.append(quote == nil || quote == scalar ? scalar : "x")
        index += 1
      }
      index += 1
      let words = tag.split(whereSeparator: \.isWhitespace).map { String($0.prefix { $0 != "=" }) }
      elements.append((words.first ?? "", Array(words.dropFirst())))
    }
  }

  /// Elements and attributes that no page of the console has.
  var foreign: [String] {
    elements.flatMap { element -> [String] in
      let isOwn = element.name != "script" || element.attributes == ["type", "src"]
      let allowed =
        !["img", "svg", "iframe", "object", "b", "style"].contains(element.name) || element.attributes == ["class"]
      let handlers = element.attributes.filter { $0.hasPrefix("on") || $0 == "autofocus" || $0 == "style" }
      return (isOwn && allowed ? [] : [element.name]) + handlers
    }
  }

  /// That nothing in a page is a stranger's.
  static func expectOwn(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(Markup(html).foreign == [], sourceLocation: sourceLocation)
    for scalar in Hostile.unseen {
      #expect(!html.unicodeScalars.contains(scalar), "\(scalar.value)", sourceLocation: sourceLocation)
    }
  }
}
