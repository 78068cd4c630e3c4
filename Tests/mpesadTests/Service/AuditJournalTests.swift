import Foundation
import Testing

@testable import mpesad

extension ServiceTests {
  /// The audit log, as somebody with `journalctl` reads it.
  @Suite struct AuditJournal {
    @Test func everyStepOfAPaymentIsFoundByItsFields() async throws {
      try await PackagedService.use { service in
        let daraja = try await service.startDaraja()
        let payment = try await service.pay("254708374149")
        let number = "\(payment)"
        try await service.waits(for: "the payment is settled") {
          try await !service.journal("MPESA_TRANSACTION_ID=\(number)", "MPESA_EVENT=completed").isEmpty
        }
        let steps = try await service.journal("MPESA_TRANSACTION_ID=\(number)")
        let told = steps.compactMap(\.event)
        for event in ["push_requested", "push_accepted", "completed"] {
          #expect(told.count { $0 == event } == 1, "\(event) in \(told)")
        }
        for step in steps {
          #expect(step["MESSAGE_ID"]?.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(step.fields)")
          #expect(step["_SYSTEMD_UNIT"] == PackagedService.unit && step["_TRANSPORT"] == "journal", "\(step.fields)")
          #expect(step["SYSLOG_IDENTIFIER"] == "mpesad" && step["PRIORITY"] != nil, "\(step.fields)")
          for (name, value) in step.fields { #expect(!value.contains("254708374149"), "a whole number is in \(name)") }
        }
        let settled = try #require(steps.first { $0.event == "completed" })
        #expect(settled["MPESA_STATUS"] == "completed" && settled["MPESA_RESULT_CODE"] == "0", "\(settled.fields)")
        #expect(settled["MPESA_EVIDENCE"] == "callback" && settled["MPESA_ORDER_ID"] != nil, "\(settled.fields)")
        let receipt = try #require(settled["MPESA_RECEIPT"])
        let checkout = try #require(settled["MPESA_CHECKOUT_REQUEST_ID"])
        for field in ["MPESA_RECEIPT=\(receipt)", "MPESA_CHECKOUT_REQUEST_ID=\(checkout)"] {
          #expect(try await service.journal(field).contains { $0.event == "completed" }, "\(field)")
        }
        // The receipt of one payment finds that payment and no other.
        #expect(
          try await service.journal("MPESA_RECEIPT=\(receipt)").allSatisfy { $0["MPESA_TRANSACTION_ID"] == number })

        let explained = try await service.machine.must("journalctl", "--no-pager", "-x", "MPESA_RECEIPT=\(receipt)")
          .data
        #expect(
          explained.contains("Subject: Payment \(number)") && explained.contains("Defined-By: mpesad"), "\(explained)")
        #expect(
          explained.contains("mpesad explain \(number)"), "the catalog says what to do, for this payment: \(explained)")
        daraja.signal(SIGTERM)
      }
    }

    /// Each of the events that a life of the service has by itself is in the catalog.
    @Test func theCatalogExplainsALifeOfTheService() async throws {
      try await PackagedService.use { service in
        let since = try await service.fromNow()
        _ = try await service.send("GET", "/healthz")
        try await service.systemctl("reload", PackagedService.unit)
        try await service.systemctl("stop", PackagedService.unit)
        let life = try await service.journal(since, "_SYSTEMD_UNIT=\(PackagedService.unit)")
        let events = life.compactMap(\.event)
        for event in ["started", "ready", "reloaded", "stopped"] {
          #expect(events.contains(event), "\(event) in \(events)")
        }
        for id in Set(life.compactMap { $0["MESSAGE_ID"] }) {
          let entry = try await service.machine.run("journalctl", "--dump-catalog", id)
          #expect(entry.status == 0 && entry.data.contains("Defined-By: mpesad"), "\(id): \(entry)")
        }
      }
    }

    /// More entries than journald takes from a service in half a minute unless the unit says otherwise: some 32,500 where it may keep a
    /// gigabyte.
    @Test func aBurstOfTwentyThousandEventsIsComplete() async throws {
      try await PackagedService.use { service in
        let start = ContinuousClock.now
        let (told, settled) = try await service.burst(20_000)
        let took = ContinuousClock.now - start
        #expect(settled.count >= 20_000)
        #expect(Set(told).count == told.count, "an event was told twice")
        // Not the sets themselves: a failure would print twenty thousand numbers.
        let different = settled.symmetricDifference(told).sorted()
        let ends = "\(different.prefix(3)) to \(different.suffix(3))"
        try #require(
          different.isEmpty, "\(different.count) of \(settled.count) are only settled or only told: \(ends)")
        print("A burst: \(settled.count) payments settled and told in \(took), all of them in the journal.")
      }
    }

    /// Why the unit takes the limit off: with journald's own default the audit log has gaps.
    @Test func withJournaldsOwnLimitTheBurstIsNotComplete() async throws {
      try await PackagedService.use { service in
        try await service.extend(with: "[Service]\nLogRateLimitIntervalSec=30s\nLogRateLimitBurst=1000\n")
        let (told, settled) = try await service.burst(5_000)
        #expect(settled.count >= 5_000)
        #expect(told.count < settled.count)
      }
    }
  }
}

extension PackagedService {
  /// Settles this many payments as fast as it can.
  /// - Returns: the transactions whose completion is in the journal, and those that are completed.
  fileprivate func burst(_ count: Int) async throws -> (told: [String], settled: Set<String>) {
    let load = try await seed(count * 2)
    let since = try await fromNow()
    let clients = post(load, clients: 24, keepsAlive: true, pause: 0)
    try await clients.acknowledges(count, within: 120)
    let met = try await clients.stop()
    try await expectRows(of: met, load)
    try await machine.must("journalctl", "--sync")
    let output = try await machine.must(
      "journalctl", "--quiet", "--no-pager", "-o", "json", "--output-fields", "MPESA_TRANSACTION_ID", since,
      "MPESA_EVENT=completed", within: 120)
    let told = try JournalRecord.entries(of: output.data).compactMap { $0["MPESA_TRANSACTION_ID"] }
    return (told, Set(try await ledger().completed().map { "\($0)" }))
  }
}
