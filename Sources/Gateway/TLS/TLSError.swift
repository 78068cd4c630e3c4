/// Why a certificate and its key cannot be used. Names the file; shows nothing of what is in it.
public enum TLSError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(file: String, detail: String)
  case noCertificate(file: String, detail: String)
  case noKey(file: String, detail: String)
  /// The key is another certificate's.
  case mismatch(certificate: String, key: String)

  /// What happened, where, and what to do next.
  public var description: String {
    switch self {
    case .unreadable(let file, let detail):
      "Cannot read \(file): \(detail). Check tls_certificate_file and tls_key_file, and that mpesad may read both."
    case .noCertificate(let file, let detail):
      "\(file) holds no usable certificate (\(detail)). tls_certificate_file must be PEM: the server's certificate "
        + "first, then those that it was issued with."
    case .noKey(let file, let detail):
      "\(file) holds no usable private key (\(detail)). tls_key_file must be PEM, and not protected by a passphrase."
    case .mismatch(let certificate, let key):
      "The key in \(key) does not belong to the first certificate in \(certificate). Put the server's own certificate "
        + "first, or set tls_key_file to its key."
    }
  }
}
