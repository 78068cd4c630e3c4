/// One HTTP post that a script makes: once, never repeated, whatever the answer (Safaricom delivers a result once;
/// measured in the sandbox, September 2026).
struct Delivery: Sendable, Equatable {
  enum Address: String, Sendable {
    case callbackURL = "callback"
    /// What a stranger knows of the address.
    case bareAddress = "bare"
  }

  var at: Duration
  var to: Address
  var url: String
  var code: String
  var body: String
}

/// `url` without its query and without the last segment of its path, which is where merchants put what nobody may
/// guess. The slash before that segment stays. A URL without a path is returned with the path `/`.
func bareAddress(of url: String) -> String {
  var text = Substring(url)
  if let end = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = text[..<end] }
  let afterScheme = text.range(of: "://")?.upperBound ?? text.startIndex
  guard let pathStart = text[afterScheme...].firstIndex(of: "/") else { return text + "/" }
  var path = text[pathStart...]
  while path.count > 1, path.last == "/" { path = path.dropLast() }
  while let last = path.last, last != "/" { path = path.dropLast() }
  return String(text[..<pathStart] + path)
}
