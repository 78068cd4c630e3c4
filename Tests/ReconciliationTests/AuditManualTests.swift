import Foundation
import Logging
import Testing

@testable import Reconciliation

/// What `journalctl -x` shows, and the manual page: both say of every event what the program says, and know no others.
@Suite("The catalog and the manual of the audit log")
struct AuditManualTests {
  /// One entry of the message catalog (systemd.io/CATALOG).
  struct CatalogEntry {
    var headers: [String: String] = [:]
    var body = ""

    /// The fields that the journal is to fill in.
    var fields: Set<String> {
      Set((headers.values + [body]).flatMap { $0.matches(of: /@([A-Z_]+)@/).map { String($0.1) } })
    }
  }

  @Test("The catalog has every event once, and no other")
  func catalogIsWhole() throws {
    let numbers = try Self.catalog().map(\.number)
    #expect(Set(numbers).count == numbers.count)
    #expect(Set(numbers) == Set(AuditEvent.allCases.map(\.definition.messageID)))
  }

  @Test("A catalog entry says what happened, and what to do", arguments: AuditEvent.allCases)
  func catalogEntry(event: AuditEvent) throws {
    let entry = try #require(try Self.catalog().first { $0.number == event.definition.messageID }?.entry)
    #expect(entry.headers["Subject"]?.isEmpty == false)
    #expect(entry.headers["Defined-By"] == "mpesad")
    #expect(entry.headers["Support"] == "man:mpesad(1)")
    #expect(entry.headers["Documentation"] == Logger.auditManual)
    #expect(entry.headers.count == 4)
    let paragraphs = entry.body.split(separator: "\n\n")
    #expect(paragraphs.count == 2 && paragraphs.last?.hasPrefix("What to do: ") == true, "\(entry.body)")
  }

  @Test("A catalog entry fills in only what every entry of its event has", arguments: AuditEvent.allCases)
  func catalogFields(event: AuditEvent) throws {
    let entry = try #require(try Self.catalog().first { $0.number == event.definition.messageID }?.entry)
    let has = Set(event.definition.fields.map(\.rawValue))
    #expect(entry.fields.subtracting(has) == [], "journalctl would show the bare name")
  }

  @Test("The catalog speaks of fields and events that there are, and of commands as they are called")
  func catalogNames() throws {
    let text = try Repository.text("systemd/mpesad.catalog")
    let fields = Set(text.matches(of: /MPESA_[A-Z_]+/).map { String($0.0) })
    #expect(fields.subtracting(AuditField.allCases.map(\.rawValue)) == [])
    // A command stands on one line, to be copied from it.
    for line in text.split(separator: "\n") { #expect(line.count { $0 == "`" } % 2 == 0, "\(line)") }
  }

  @Test("The manual has every event once, with its level and its number, and no other")
  func manualEvents() throws {
    let manual = try Repository.text("systemd/man/mpesad-journal.7")
    let events = manual.matches(of: /\.It Sy (.+)\n\.Em (.+) ,\n\.Li (.+)\n/).map { "\($0.1) \($0.2) \($0.3)" }
    #expect(events == AuditEvent.allCases.map { "\($0.rawValue) \($0.definition.level) \($0.definition.messageID)" })
    #expect(manual.matches(of: #/\.It Sy /#).count == events.count)
  }

  @Test("The manual has every field, and no other")
  func manualFields() throws {
    let manual = try Repository.text("systemd/man/mpesad-journal.7")
    let fields = manual.matches(of: /\.It Va (.+)\n/).map { String($0.1) }
    #expect(fields == ["MESSAGE_ID", "DOCUMENTATION"] + AuditField.allCases.map(\.rawValue))
    let named = Set(manual.matches(of: /MPESA_[A-Z_]+/).map { String($0.0) })
    #expect(named.subtracting(AuditField.allCases.map(\.rawValue)) == [])
  }

  @Test("What is to be alerted on is there, by its name")
  func manualAlerts() throws {
    let manual = try Repository.text("systemd/man/mpesad-journal.7")
    let alerts = try #require(manual.firstMatch(of: #/\.Sh ALERTS\n([\s\S]*?)\.Sh /#)?.1)
    let names = alerts.matches(of: /\.Sy (.+)/).flatMap { $0.1.split(separator: " ") }.filter { $0.count > 1 }
    #expect(names.count > 10)
    for name in names { #expect(AuditEvent(rawValue: String(name)) != nil, "\(name)") }
  }

  static let journalctl = "/usr/bin/journalctl"
  static let hasJournalctl = FileManager.default.isExecutableFile(atPath: journalctl)
  static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

  @Test(
    "journalctl compiles the catalog and finds every event in it", .enabled(if: hasJournalctl || isCI, "no journalctl"))
  func compiles() throws {
    let root = NSTemporaryDirectory() + "catalog-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    let catalogs = root + "/usr/lib/systemd/catalog"
    for directory in [catalogs, root + "/var/lib/systemd/catalog"] {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(
      atPath: Repository.path("systemd/mpesad.catalog"), toPath: catalogs + "/mpesad.catalog")
    #expect(try Self.output(of: ["--root=" + root, "--update-catalog"]) == "")
    let list = try Self.output(of: ["--root=" + root, "--list-catalog"])
    for event in AuditEvent.allCases { #expect(list.contains(event.definition.messageID), "\(event)") }
  }

  private static func output(of arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: journalctl)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  private static func catalog() throws -> [(number: String, entry: CatalogEntry)] {
    let text = try Repository.text("systemd/mpesad.catalog")
    return text.split(separator: "\n-- ").dropFirst().map { part in
      let (top, body) = part.split(separator: "\n\n", maxSplits: 1).map(String.init).pair
      var entry = CatalogEntry(body: body.trimmingCharacters(in: .newlines))
      let lines = top.split(separator: "\n").map(String.init)
      for line in lines.dropFirst() {
        let (name, value) = line.split(separator: ": ", maxSplits: 1).map(String.init).pair
        entry.headers[name] = value
      }
      return (lines.first ?? "", entry)
    }
  }
}

extension [String] {
  /// The first two, each empty where it is missing.
  fileprivate var pair: (String, String) { (first ?? "", count > 1 ? self[1] : "") }
}
