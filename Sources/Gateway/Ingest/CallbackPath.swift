/// The addresses at which Safaricom delivers: `<base>` or `<base>/<token>`, a trailing slash optional.
enum CallbackPath: Hashable {
  /// The address that anybody may know.
  case bare
  /// An address that claims to be a transaction's own.
  case token(Substring)

  /// The address in the merchant's guide, and a neutral one: callbacks to addresses that contain words such as `mpesa`
  /// are dropped without an error (portal, CustomerToBusiness, FAQ 8).
  static let bases = ["/api/payments/transactions/mpesa_callback", "/api/payments/callbacks"]

  /// Reads a request target; nil when it is not a callback address.
  init?(target: String) {
    let path = Self.path(of: target)
    for base in Self.bases where path.utf8.starts(with: base.utf8) {
      let rest = path.utf8.dropFirst(base.utf8.count)
      guard let slash = rest.first else {
        self = .bare
        return
      }
      guard slash == UInt8(ascii: "/") else { continue }
      var segment = rest.dropFirst()
      if segment.isEmpty {
        self = .bare
        return
      }
      if segment.last == UInt8(ascii: "/") { segment = segment.dropLast() }
      guard !segment.isEmpty, !segment.contains(UInt8(ascii: "/")) else { continue }
      self = .token(Substring(segment))
      return
    }
    return nil
  }

  /// The path without the query; also of the absolute form, which a server must understand (RFC 9112, 3.2.2).
  private static func path(of target: String) -> Substring {
    var path = target[...]
    if path.utf8.first != UInt8(ascii: "/"), let scheme = path.firstRange(of: "://") {
      path = path[scheme.upperBound...]
      path = path[(path.utf8.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex)...]
    }
    guard let query = path.utf8.firstIndex(of: UInt8(ascii: "?")) else { return path }
    return path[..<query]
  }
}
