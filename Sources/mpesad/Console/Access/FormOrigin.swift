import HTTPTypes
import Hummingbird

/// Says where a form was sent from, as browsers tell.
enum FormOrigin {
  /// Whether the browser says that another site sent it. Programs that are no browsers say nothing.
  static func isForeign(_ headers: HTTPFields, authority: String?) -> Bool {
    if let site = headers[values: fetchSite].first, !["same-origin", "none"].contains(site) { return true }
    guard let origin = headers[values: .origin].first else { return false }
    // Chromium sends `null` where a page has no-referrer, as ours do; the other field is what tells then.
    if origin == "null" { return headers[values: fetchSite].isEmpty }
    guard let authority, let scheme = origin.range(of: "://") else { return true }
    return origin[scheme.upperBound...].lowercased() != authority.lowercased()
  }

  private static let fetchSite = HTTPField.Name("sec-fetch-site") ?? .origin
}
