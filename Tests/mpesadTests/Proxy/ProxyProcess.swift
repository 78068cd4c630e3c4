import Foundation
import Testing

@testable import mpesad

/// nginx or Caddy with the file that is in Config/, in front of a daemon. Only names, ports and paths of the file are changed.
final class ProxyProcess: Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case nginx, caddy

    var executable: String? {
      ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"].map { "\($0)/\(rawValue)" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
  }

  /// Where Config/ is.
  static let configuration = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Config").path

  let port: Int
  private let process = Process()
  private let log: String

  /// Everything it has said so far.
  var said: String { String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self) }

  init(_ kind: Kind, before daemon: Int, certificate: ServerCertificate, in directory: String) async throws {
    port = try await HousedDaemon.kernelChoice()
    let plain = try await HousedDaemon.kernelChoice()
    log = directory + "/\(kind.rawValue).log"
    process.executableURL = URL(fileURLWithPath: try #require(kind.executable, "apt-get install nginx-light caddy"))
    switch kind {
    case .nginx:
      let site = try Self.file(
        "nginx.conf",
        [
          "listen 80;": "listen 127.0.0.1:\(plain);", "listen 443 ssl;": "listen 127.0.0.1:\(port) ssl;",
          "  listen [::]:80;\n": "", "  listen [::]:443 ssl;\n": "", "127.0.0.1:8080": "127.0.0.1:\(daemon)",
          "/etc/ssl/pay.example.co.ke/fullchain.pem": certificate.certificate,
          "/etc/ssl/pay.example.co.ke/privkey.pem": certificate.key,
        ])
      // What Debian's nginx.conf has around a site, as far as it matters here.
      let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map { "\($0)_temp_path \(directory)/\($0);" }.joined(separator: " ")
      let user = getuid() == 0 ? "user root;" : ""
      try Data(
        "\(user) daemon off; pid \(directory)/nginx.pid; events {} http { access_log off; \(temporary)\n\(site)}".utf8
      ).write(to: URL(fileURLWithPath: directory + "/nginx.conf"))
      process.arguments = ["-p", directory, "-c", directory + "/nginx.conf", "-e", "stderr"]
    case .caddy:
      let file = try Self.file(
        "Caddyfile",
        [
          "{\n\tservers {":
            "{\n\tadmin off\n\tstorage file_system \(directory)\n\tauto_https disable_redirects\n\tservers {",
          "127.0.0.1:8080": "127.0.0.1:\(daemon)",
          "pay.example.co.ke {": "https://localhost:\(port) {\n\ttls \(certificate.certificate) \(certificate.key)",
        ])
      try Data(file.utf8).write(to: URL(fileURLWithPath: directory + "/Caddyfile"))
      process.arguments = ["run", "--adapter", "caddyfile", "--config", directory + "/Caddyfile"]
    }
    process.environment = ["HOME": directory, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    defer { try? output.close() }
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// A file of Config/ with some of its text replaced; each piece must be there.
  private static func file(_ name: String, _ replacements: [String: String]) throws -> String {
    var text = try String(contentsOfFile: configuration + "/" + name, encoding: .utf8)
    for (piece, replacement) in replacements {
      try #require(text.contains(piece), "Config/\(name) no longer says \(piece)")
      text = text.replacing(piece, with: replacement)
    }
    return text
  }

  /// Asks it to end, and waits until it has.
  func stop() async throws {
    kill(process.processIdentifier, SIGTERM)
    let end = ContinuousClock.now + .seconds(20)
    while process.isRunning, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}
