import Foundation
import NIOSSL
import Testing

/// Certificates of one test's own, signed by themselves, made with the `openssl` program.
final class Certificates: Sendable {
  static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  /// Where this is false tests are skipped; under CI they run and fail.
  static let canBeMade = openssl != nil || ProcessInfo.processInfo.environment["CI"] == "true"

  let directory: String

  init() throws {
    directory = NSTemporaryDirectory() + "mpesad-tls-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  var certificate: String { directory + "/certificate.pem" }
  var key: String { directory + "/key.pem" }

  /// Puts a new certificate and its key into place.
  func renew(days: Int = 90) async throws {
    try await make(certificate: certificate, key: key, days: days)
  }

  func make(certificate: String, key: String, days: Int = 90) async throws {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: try #require(Self.openssl, "openssl is needed: apt-get install openssl"))
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "\(days)", "-subj",
      "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key + ".new", "-out",
      certificate + ".new",
    ]
    process.standardError = FileHandle.nullDevice
    // Waited for without holding a thread that other tests run on.
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    try #require(status == 0)
    for path in [key, certificate] { try #require(rename(path + ".new", path) == 0) }
  }

  /// Puts a certificate and its key that were made before into place.
  func install(_ pair: (certificate: String, key: String)) throws {
    for (made, place) in [(pair.key, key), (pair.certificate, certificate)] {
      try Data(contentsOf: URL(fileURLWithPath: made)).write(to: URL(fileURLWithPath: place), options: .atomic)
    }
  }

  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory + "/" + name))
    return directory + "/" + name
  }

  /// A client that trusts the certificate that is in place now, and no other.
  func client(_ adjust: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificate))
    adjust(&configuration)
    return try NIOSSLContext(configuration: configuration)
  }
}
