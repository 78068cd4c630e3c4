public import Crypto
import Foundation

/// Closes secrets before they go into the database, so that a copy of it gives none away.
///
/// AES-256-GCM with a random nonce. Version and name are authenticated with the secret: one that was moved to another name does not open.
/// A sealed secret is the version byte, 12 bytes of nonce, the ciphertext, and 16 bytes of tag.
public struct Seal: Sendable {
  /// How the bytes are laid out. Another layout would be another version.
  static let version: UInt8 = 1

  private let key: SymmetricKey

  /// A seal under this key of 256 bits.
  public init(key: SymmetricKey) { self.key = key }

  /// Closes a secret under the name of what it is for.
  public func close(_ secret: String, name: String) throws -> [UInt8] {
    let box = try AES.GCM.seal(Data(secret.utf8), using: key, authenticating: Self.authenticated(name))
    return [Self.version] + box.nonce + box.ciphertext + box.tag
  }

  /// Opens a sealed secret.
  /// - Throws: ``SealError``, which never tells anything of the secret.
  public func open(_ bytes: [UInt8], name: String) throws(SealError) -> String {
    guard let version = bytes.first else { throw .notSealed }
    guard version == Self.version else { throw .unknownVersion(version) }
    guard let box = try? AES.GCM.SealedBox(combined: bytes.dropFirst()) else { throw .notSealed }
    guard let secret = try? AES.GCM.open(box, using: key, authenticating: Self.authenticated(name)) else {
      throw .otherKeyOrChanged
    }
    return String(decoding: secret, as: UTF8.self)
  }

  private static func authenticated(_ name: String) -> Data { Data([version] + name.utf8) }
}

/// Why a sealed secret does not open.
public enum SealError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It is too short to be one.
  case notSealed
  /// It was sealed by a newer mpesad.
  case unknownVersion(UInt8)
  /// It was sealed under another key or another name, or was changed since.
  case otherKeyOrChanged

  /// What is wrong with it.
  public var description: String {
    switch self {
    case .notSealed: "it is no sealed value"
    case .unknownVersion(let version): "it was sealed by a newer mpesad (version \(version))"
    case .otherKeyOrChanged: "it was sealed under another key, or was changed since"
    }
  }
}
