import Foundation
import Gateway
import Testing

@Suite(.enabled(if: Certificates.canBeMade, "needs the openssl program"))
struct TLSFileTests {
  private let log = LogCollector()

  private func identity(_ certificate: String, _ key: String) throws -> TLSIdentity {
    try TLSIdentity(certificateFile: certificate, keyFile: key, logger: log.logger)
  }

  @Test func whatCannotBeUsedIsNamed() async throws {
    let files = try Certificates()
    try await files.renew()
    let other = files.directory + "/other.key"
    try await files.make(certificate: files.directory + "/other.pem", key: other)
    let empty = try files.write("", to: "empty.pem")
    let garbage = try files.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: "garbage.pem")
    let missing = files.directory + "/missing.pem"
    let table: [(certificate: String, key: String, named: String, told: String)] = [
      (missing, files.key, missing, "No such file"), (files.certificate, missing, missing, "No such file"),
      (files.directory, files.key, files.directory, "not a file"),
      (files.certificate, files.directory, files.directory, "not a file"),
      (empty, files.key, empty, "no usable certificate"), (garbage, files.key, garbage, "no usable certificate"),
      (files.key, files.key, files.key, "no usable certificate"),
      (files.certificate, empty, empty, "no usable private key"),
      (files.certificate, files.certificate, files.certificate, "no usable private key"),
      (files.certificate, other, other, "does not belong to"),
    ]
    for row in table {
      let error = #expect(throws: TLSError.self) { try identity(row.certificate, row.key) }
      let text = error?.description ?? ""
      #expect(text.contains(row.named) && text.contains(row.told), "\(text)")
    }
  }

  @Test func aKeyThatOthersCanReadIsWarnedOf() async throws {
    let files = try Certificates()
    try await files.renew()
    for (mode, warned) in [(0o600, false), (0o640, false), (0o644, true)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: files.key)
      let before = log.lines.count
      _ = try identity(files.certificate, files.key)
      #expect(log.lines.dropFirst(before).contains { $0.contains("chmod") && $0.contains(files.key) } == warned)
    }
  }

  @Test func aCertificateThatEndsSoonIsWarnedOf() async throws {
    let files = try Certificates()
    for (days, warned) in [(13, true), (90, false)] {
      try await files.renew(days: days)
      let before = log.lines.count
      _ = try identity(files.certificate, files.key)
      #expect(log.lines.dropFirst(before).contains { $0.contains("Renew it") } == warned, "\(days) days")
    }
  }

  @Test func aRenewalThatCannotBeUsedChangesNothing() async throws {
    let files = try Certificates()
    try await files.renew()
    try await TestGateway.run(tls: files) { gateway in
      let client = try files.client()
      let good = try Data(contentsOf: URL(fileURLWithPath: files.certificate))
      _ = try files.write("nothing", to: "certificate.pem")
      #expect(throws: TLSError.self) { try gateway.renew(files) }
      var connection = try await RawConnection.open(port: gateway.port, tls: client)
      try await connection.send(callback("/api/payments/callbacks", body: "{}"))
      #expect(try await connection.answer().status == 200)
      try good.write(to: URL(fileURLWithPath: files.certificate))
      try gateway.renew(files)
    }
  }
}
