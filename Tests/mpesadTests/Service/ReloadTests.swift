import Foundation
import NIOSSL
import Synchronization
import Testing

@testable import mpesad

extension ServiceTests {
  /// `systemctl reload` says whether the new configuration is in force.
  @Suite struct Reloads {
    @Test func aGoodConfigurationIsTakenUpAndABadOneRefused() async throws {
      try await PackagedService.use { service in
        func deliver() async throws -> Int {
          try await service.send("POST", "/api/payments/callbacks", body: "{}").status
        }
        #expect(try await deliver() == 200)
        let process = try await service.process()
        let closed = "mpesa_callback_policy: enforce\nmpesa_callback_sources: 192.0.2.1\n"
        try service.machine.write(PackagedService.configuration, closed)
        try await service.systemctl("reload", PackagedService.unit)
        #expect(try await deliver() == 403)

        try service.machine.write(PackagedService.configuration, "mpesa_callback_policy: off\nlog_lvel: debug\n")
        let refused = try await service.machine.run("systemctl", "reload", PackagedService.unit)
        #expect(refused.status != 0, "a bad configuration was taken up")
        #expect(try await deliver() == 403, "nothing of it is in force")
        #expect(try await service.property("ActiveState") == "active")
        let said = try await service.journal("MPESA_EVENT=reload_refused")
        #expect(said.count == 1 && said.allSatisfy { $0.message.contains("log_lvel") }, "\(said)")
        try await service.waits(for: "the status says so") {
          try await service.property("StatusText").contains("log_lvel")
        }

        try service.machine.write(PackagedService.configuration, "mpesa_callback_policy: off\n")
        try await service.systemctl("reload", PackagedService.unit)
        #expect(try await deliver() == 200)
        try await service.waits(for: "the status says so no longer") {
          try await !service.property("StatusText").contains("log_lvel")
        }
        #expect(try await service.process() == process, "a reload is no restart")
      }
    }

    @Test(.enabled(if: Requirement.met(ServerCertificate.openssl != nil), "needs the openssl program"))
    func aCertificateIsRenewedUnderLoad() async throws {
      try await PackagedService.use { service in
        let folder = service.machine.root + "/etc/mpesad"
        func renewed() async throws -> NIOSSLContext {
          let certificate = try await ServerCertificate(in: folder)
          try await service.machine.must("chown", "root:mpesad", "/etc/mpesad/tls.pem", "/etc/mpesad/tls.key")
          try await service.machine.must("chmod", "0640", "/etc/mpesad/tls.pem", "/etc/mpesad/tls.key")
          return try certificate.client()
        }
        let first = try await renewed()
        try service.machine.write(
          PackagedService.configuration,
          "rate_limit_callback_per_minute: 0\ntls_certificate_file: /etc/mpesad/tls.pem\ntls_key_file: /etc/mpesad/tls.key\n"
        )
        #expect(try await service.deliver(trusting: first) == 200)

        let clients = TLSLoad(service, trusting: first)
        try await service.waits(for: "clients are served") { clients.acknowledged >= 20 }
        let second = try await renewed()
        clients.trust(second)
        try await service.systemctl("reload", PackagedService.unit)
        let before = clients.acknowledged
        try await service.waits(for: "clients are served with the new certificate") {
          clients.acknowledged >= before + 20
        }
        let failures = try await clients.stop()
        #expect(failures.isEmpty, "\(failures.prefix(5))")
        await #expect(throws: (any Error).self) { _ = try await service.deliver(trusting: first) }

        try service.machine.write("/etc/mpesad/tls.pem", "not a certificate", mode: 0o644)
        let refused = try await service.machine.run("systemctl", "reload", PackagedService.unit)
        #expect(refused.status != 0)
        #expect(try await service.deliver(trusting: second) == 200, "the certificate in force stays")
        let rows = try await service.ledger().sources().count
        #expect(rows == clients.acknowledged + 2)
      }
    }
  }
}

/// Clients that post over TLS, each request on a connection of its own, and know which certificate is in force.
private final class TLSLoad: Sendable {
  private struct State {
    var trusted: NIOSSLContext
    var acknowledged = 0
    var failures: [String] = []
    var stopping = false
  }

  private let state: Mutex<State>
  private let clients = Mutex<[Task<Void, Never>]>([])

  init(_ service: PackagedService, trusting first: NIOSSLContext) {
    state = Mutex(State(trusted: first))
    for _ in 0..<4 {
      let client = Task { await self.post(to: service) }
      clients.withLock { $0.append(client) }
    }
  }

  var acknowledged: Int { state.withLock { $0.acknowledged } }

  /// From now on the new certificate may be shown as well as the old one; who meets the one it did not expect asks again.
  func trust(_ tls: NIOSSLContext) { state.withLock { $0.trusted = tls } }

  /// - Returns: what went wrong for clients that expected the right certificate.
  func stop() async throws -> [String] {
    state.withLock { $0.stopping = true }
    for client in clients.withLock({ $0 }) { await client.value }
    return state.withLock { $0.failures }
  }

  private func post(to service: PackagedService) async {
    var trusting = state.withLock { $0.trusted }
    while !state.withLock({ $0.stopping }) {
      do {
        let status = try await service.deliver(trusting: trusting)
        state.withLock {
          if status == 200 { $0.acknowledged += 1 } else { $0.failures.append("answered \(status)") }
        }
      } catch {
        let newest = state.withLock { $0.trusted }
        // Only the handshake may fail, and only for want of trust: it shows another certificate than this client knows.
        guard newest !== trusting, "\(error)".contains("CERTIFICATE_VERIFY_FAILED") else {
          state.withLock { $0.failures.append("\(error)") }
          continue
        }
        trusting = newest
      }
    }
  }
}

extension PackagedService {
  /// Posts a callback over TLS, from inside.
  /// - Returns: the status of the answer.
  func deliver(trusting tls: NIOSSLContext) async throws -> Int {
    let socket = try await machine.network.inside { try MachineConnection(to: Self.port).released() }
    return try await TLSClient.send(
      "POST", "/api/payments/callbacks", body: "{}", over: socket, trusting: tls
    ).status
  }
}
