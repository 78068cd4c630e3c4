public import Logging
import NIOCore
import NIOSSL
import Reconciliation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The certificate and the key with which the gateway speaks TLS itself. Others can take their place while it runs: new
/// connections then get those, open ones go on as they are.
public final class TLSIdentity: Sendable {
  /// How long the other side is given to say goodbye, as TLS wants it, before the connection is closed all the same.
  static let shutdownTimeout = TimeAmount.seconds(2)
  /// A certificate that ends sooner than this is warned of, in seconds: whoever renews it should have by then.
  static let warnedAhead = 14 * 86_400

  private let current: Mutex<NIOSSLContext>

  /// Reads both files.
  /// - Parameters:
  ///   - certificateFile: PEM, the server's own certificate first.
  ///   - keyFile: PEM, without passphrase.
  ///   - logger: told of a certificate that ends soon, and of a key that others can read.
  /// - Throws: ``TLSError``.
  public init(certificateFile: String, keyFile: String, logger: Logger) throws(TLSError) {
    current = Mutex(try Self.read(certificateFile, keyFile, logger))
  }

  /// Uses from now on what another one has read: its certificate and its key.
  public func adopt(_ other: TLSIdentity) {
    let context = other.context
    current.withLock { $0 = context }
  }

  /// What the next connection is to use.
  var context: NIOSSLContext { current.withLock { $0 } }

  private static func read(
    _ certificateFile: String, _ keyFile: String, _ logger: Logger
  ) throws(TLSError) -> NIOSSLContext {
    try requireReadable(certificateFile)
    let mode = try requireReadable(keyFile)
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMFile(certificateFile)
    } catch {
      throw .noCertificate(file: certificateFile, detail: "\(error)")
    }
    guard let own = certificates.first else { throw .noCertificate(file: certificateFile, detail: "it has none") }
    let key: NIOSSLPrivateKey
    do {
      key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
    } catch {
      throw .noKey(file: keyFile, detail: "\(error)")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
    // Older versions are withdrawn (RFC 8996).
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    configuration.shutdownTimeout = shutdownTimeout
    let context: NIOSSLContext
    do {
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      // Both were read and understood; what is left is that they do not belong together.
      throw .mismatch(certificate: certificateFile, key: keyFile)
    }
    if mode & S_IROTH != 0 {
      logger.warning(
        "Every user of this machine can read the TLS key. Take that right away: chmod o-r.",
        metadata: ["file": "\(keyFile)"])
    }
    warn(ofTheEnd: own.notValidAfter, in: certificateFile, logger)
    return context
  }

  /// - Returns: the permissions of the file.
  @discardableResult
  private static func requireReadable(_ file: String) throws(TLSError) -> mode_t {
    var status = stat()
    guard stat(file, &status) == 0, access(file, R_OK) == 0 else {
      throw .unreadable(file: file, detail: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: file, detail: "it is not a file") }
    return status.st_mode
  }

  private static func warn(ofTheEnd end: time_t, in file: String, _ logger: Logger) {
    let left = end - time(nil)
    guard left < warnedAhead else { return }
    logger.audit(
      .certificateEnds,
      left < 0
        ? "The TLS certificate has expired: Safaricom's callbacks will not come. Renew it and reload."
        : "The TLS certificate ends soon. Renew it and reload.",
      [.file: file, .days: "\(left / 86_400)"])
  }
}
