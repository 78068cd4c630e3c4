import HTTPTypes
import Hummingbird

/// Where a form was sent from, as the browser tells.
enum FormOrigin: Hashable, Sendable {
  case own
  /// Another site.
  case foreign
  /// The browser will not say: a page that gives no referrer, a sandboxed frame.
  case hidden
  /// Nothing was said: a program, or an old browser.
  case unsaid

  /// `Sec-Fetch-Site` is the browser's own finding and counts first, also behind a proxy that changes `Host`. Browsers send it over TLS and to
  /// localhost only; over plain HTTP there is `Origin`.
  init(_ headers: HTTPFields, authority: String?) {
    if let site = Self.fetchSite.flatMap({ headers[values: $0].first }) {
      self = ["same-origin", "none"].contains(site) ? .own : .foreign
      return
    }
    switch headers[values: .origin].first {
    case nil: self = .unsaid
    case "null": self = .hidden
    case let origin?:
      let host = origin.firstRange(of: "://").map { origin[$0.upperBound...].lowercased() }
      self = host != nil && host == authority?.lowercased() ? .own : .foreign
    }
  }

  private static let fetchSite = HTTPField.Name("sec-fetch-site")
}
