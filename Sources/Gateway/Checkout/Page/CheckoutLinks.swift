import Hummingbird
import Payments

/// Where a page's links lead, relative to the page itself: what stands before `/checkout` in the public address is a proxy's matter.
struct CheckoutLinks: Sendable {
  /// From the page's own folder: `""`, or `"../"` where the address was given with a slash at its end.
  private var up: String
  private let token: String
  private let language: CheckoutLanguage

  /// - Parameter depth: segments of the request's path behind the token.
  init(_ request: Request, token: String, depth: Int = 0, language: CheckoutLanguage) {
    up = String(repeating: "../", count: depth + (request.uri.path.hasSuffix("/") ? 1 : 0))
    self.token = token
    self.language = language
  }

  /// The same as the page itself has them, for what its script puts into it later.
  var seenFromPage: CheckoutLinks {
    var links = self
    links.up = ""
    return links
  }

  var page: String { link("") }
  var check: String { link("/check") }
  var events: String { link("/events") }
  var state: String { link("/state") }
  func page(saying notice: CheckoutNotice) -> String { page + "&said=\(notice.rawValue)" }
  func page(in language: CheckoutLanguage) -> String { "\(up)\(token)?lang=\(language.rawValue)" }
  func asset(_ path: String) -> String { up + path }

  private func link(_ path: String) -> String { "\(up)\(token)\(path)?lang=\(language.rawValue)" }
}

/// What a redirect lets the next page say. The raw values stand in addresses.
enum CheckoutNotice: String, Sendable {
  case askedJustNow = "wait"
  case askedStill = "asked"
  case unavailable = "later"

  func text(in language: CheckoutLanguage) -> String {
    switch self {
    case .askedJustNow: language.texts.askedJustNow
    case .askedStill: language.texts.askedStill
    case .unavailable: language.texts.unavailable
    }
  }
}
