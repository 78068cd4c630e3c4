public import HTTPTypes

/// Header fields that every page has.
public enum PageHeaders {
  /// Nothing is loaded from elsewhere and nothing in a page runs but the house's own files, so that a stranger's text that became markup after
  /// all could still do nothing. Nobody can put a page into a frame, or send its forms elsewhere.
  public static let contentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    + "base-uri 'none'; frame-ancestors 'none'"

  /// Of pages: they are the moment's truth and may hold what only their reader may know, so that nobody keeps them.
  public static let page: HTTPFields = {
    var fields = common
    fields[.contentType] = "text/html; charset=utf-8"
    fields[.cacheControl] = "no-store"
    fields[.contentSecurityPolicy] = contentSecurityPolicy
    return fields
  }()

  /// Of everything that a browser loads from here: it is what it says it is, and addresses, which may hold a token, go nowhere.
  static let common: HTTPFields = {
    var fields: HTTPFields = [.xContentTypeOptions: "nosniff"]
    for (name, value) in [("referrer-policy", "no-referrer"), ("cross-origin-opener-policy", "same-origin")] {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return fields
  }()
}
