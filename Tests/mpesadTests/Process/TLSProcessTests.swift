import Foundation
import Testing

@testable import mpesad

/// TLS in the daemon itself, as an operator meets it: files that cannot be used are named at start, and SIGHUP takes up renewed ones.
@Suite(
  .enabled(if: Requirement.met(ServerCertificate.openssl != nil), "needs the openssl program"), .timeLimit(.minutes(2)))
struct TLSProcessTests {
  @Test func filesThatCannotBeUsedAreNamedAtStart() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let own = try await ServerCertificate(in: workspace.path)
    let other = try await ServerCertificate(in: workspace.path, named: "other")
    let empty = try workspace.file("empty.pem", "")
    let missing = workspace.path + "/missing.pem"
    let table = [
      (missing, own.key, missing), (own.certificate, missing, missing), (empty, own.key, empty),
      (own.certificate, empty, empty), (own.certificate, other.key, other.key),
    ]
    for (certificate, key, named) in table {
      let run = try await MpesadProcess.run(
        ["serve", "--state", workspace.path + "/state", "--listen", "127.0.0.1:0"],
        environment: ["MPESAD_TLS_CERTIFICATE_FILE": certificate, "MPESAD_TLS_KEY_FILE": key])
      #expect(run.status == 78, "\(run.output)")
      #expect(run.output.contains(named), "\(run.output)")
    }
  }

  @Test func hangupTakesUpARenewedCertificateAndKeepsTheOldOneIfTheNewIsBroken() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let first = try await ServerCertificate(in: workspace.path)
    let trustingTheFirst = try first.client()
    let daemon = try MpesadProcess(
      ["serve", "--state", workspace.path + "/state", "--listen", "127.0.0.1:0"],
      environment: ["MPESAD_TLS_CERTIFICATE_FILE": first.certificate, "MPESAD_TLS_KEY_FILE": first.key])
    let port = try await daemon.port()
    let served = try await TLSClient.send("GET", "/healthz", to: port, trusting: trustingTheFirst)
    #expect(served.status == 200)

    let second = try await ServerCertificate(in: workspace.path)
    daemon.signal(SIGHUP)
    try await daemon.says("MPESA_EVENT=reloaded")
    #expect(daemon.said.contains("the TLS certificate \(first.certificate)"))
    let renewed = try await TLSClient.send("GET", "/healthz", to: port, trusting: second.client())
    #expect(renewed.status == 200)
    await #expect(throws: (any Error).self) {
      _ = try await TLSClient.send("GET", "/healthz", to: port, trusting: trustingTheFirst)
    }

    let trustingTheSecond = try second.client()
    _ = try workspace.file("tls.pem", "not a certificate")
    daemon.signal(SIGHUP)
    try await daemon.says("MPESA_EVENT=reload_refused")
    #expect(daemon.said.contains(second.certificate), "the file that is wrong is named")
    let kept = try await TLSClient.send("GET", "/healthz", to: port, trusting: trustingTheSecond)
    #expect(kept.status == 200)
    daemon.signal(SIGTERM)
    let status = try await daemon.wait()
    #expect(status == 0, "\(daemon.said)")
  }

  @Test func hangupWithoutTLSIsNoReasonToStop() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    daemon.signal(SIGHUP)
    try await daemon.says("MPESA_EVENT=reloaded")
    daemon.signal(SIGTERM)
    let status = try await daemon.wait()
    #expect(status == 0, "\(daemon.said)")
  }
}
