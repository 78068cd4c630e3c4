import Crypto
public import HTTPTypes

/// A file that pages load: a style sheet, a script, a picture. It is compiled into the program.
///
/// Its address changes with its content, so that browsers may keep it for ever and never have an old one.
public struct Asset: Sendable {
  /// How many hexadecimal digits of the content's SHA-256 stand in the address.
  static let hashLength = 12

  /// Its name, such as `checkout.css`; the ending says what it is.
  public let name: String
  /// Its content.
  public let bytes: [UInt8]
  /// Where it is, below the face's own address: `assets/<hash>/<name>`.
  public let path: String

  /// - Parameters:
  ///   - name: ends in `.css`, `.js` or `.svg`.
  ///   - bytes: the content.
  public init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    let hash = SHA256.hash(data: bytes).description.drop { $0 != ":" }.dropFirst(2)
    path = "assets/\(hash.prefix(Self.hashLength))/\(name)"
  }

  /// The header fields of an answer with it.
  public var headers: HTTPFields {
    var fields = PageHeaders.common
    fields[.contentType] = contentType
    fields[.cacheControl] = "public, max-age=31536000, immutable"
    return fields
  }

  private var contentType: String {
    switch name.split(separator: ".").last {
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "application/octet-stream"
    }
  }
}
