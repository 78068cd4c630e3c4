import Mustache

/// Escapes text for HTML, scalar by scalar.
///
/// Mustache's own HTML type goes by characters as people see them: a quote with an accent upon it is another character than a quote, so it
/// stays as it is, and to a browser it ends an attribute. Here each of the five is escaped wherever it stands.
/// What is unseen stands as `�`.
struct PageText: MustacheContentType {
  /// Its name in templates.
  static let name = "PAGE"

  /// Makes the type known to Mustache, once.
  static let registered: Void = MustacheContentTypes.register(PageText(), named: name)

  func escapeText(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar.isUnseen ? .standIn : scalar)
      }
    }
    return escaped
  }
}
