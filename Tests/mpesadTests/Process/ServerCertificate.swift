import Foundation
import NIOSSL
import Testing

/// A certificate for localhost, signed by itself, made with the `openssl` program.
struct ServerCertificate: Sendable {
  static let openssl = Requirement.executable("openssl")

  let certificate: String
  let key: String

  /// Makes one in a directory.
  init(in directory: String, named name: String = "tls") async throws {
    certificate = "\(directory)/\(name).pem"
    key = "\(directory)/\(name).key"
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: try #require(Self.openssl, "openssl is needed: apt-get install openssl"))
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90", "-subj",
      "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ]
    process.standardError = FileHandle.nullDevice
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    try #require(status == 0)
  }

  /// A client that trusts this certificate and no other.
  func client() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificate))
    return try NIOSSLContext(configuration: configuration)
  }
}
