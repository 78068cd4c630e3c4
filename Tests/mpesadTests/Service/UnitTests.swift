import Foundation
import Testing

@testable import mpesad

/// The units and drop-ins in systemd/, read by systemd's own tools.
@Suite(.enabled(if: Requirement.met(Requirement.executable("systemd-analyze") != nil), "needs systemd-analyze"))
struct UnitTests {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../systemd").standardizedFileURL.path

  /// What systemd 252 knows too; a newer one is needed to look at the rest.
  static let dropIns = [
    ("20-addresses.conf", "mpesad.service"), ("30-credentials.conf", "mpesad.service"),
    ("40-certificate.conf", "mpesad.service"), ("50-spool-on-another-disk.conf", "mpesad.service"),
    ("40-public-port.conf", "mpesad.socket"),
  ]

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
  }

  /// The values of a key, in the order of the file.
  static func values(of key: String, in name: String) throws -> [String] {
    try text(name).split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
  }

  static func unitNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
      .filter { name in [".service", ".socket", ".timer"].contains { name.hasSuffix($0) } }.sorted()
  }

  /// All but templates: the alert runs a program of the operator's. The daemon asks Safaricom and the kernel's clock, the others neither.
  @Test func everySandboxLeavesOnePointOneOrLessAndTheDaemonsOnePointFour() throws {
    for unit in try Self.unitNames() where unit.hasSuffix(".service") && !unit.contains("@") {
      let threshold = unit == "mpesad.service" ? 14 : 11
      let run = try ToolRun(
        "systemd-analyze",
        ["security", "--offline=true", "--threshold=\(threshold)", "--no-pager", Self.directory + "/" + unit])
      #expect(run.status == 0, "\(run.output)")
    }
  }

  struct Point: Decodable {
    var name: String
    var exposure: String?
  }

  @Test func whatTheSandboxLeavesIsExplainedInTheUnit() throws {
    let run = try ToolRun(
      "systemd-analyze", ["security", "--offline=true", "--json=short", Self.directory + "/mpesad.service"])
    let points = try JSONDecoder().decode([Point].self, from: Data(run.output.utf8)).filter { $0.exposure != nil }
    #expect(!points.isEmpty && points.count < 10, "\(run.output)")
    let comments = try Self.text("mpesad.service").split(separator: "\n").filter { $0.hasPrefix("#   ") }
    for point in points {
      let key = point.name.prefix { $0 != "=" }
      #expect(comments.contains { $0.contains(key) }, "\(point.name) is left without a word")
    }
  }

  @Test func systemdFindsNothingToComplainAbout() throws {
    let units = try Units()
    defer { units.remove() }
    for name in try Self.unitNames() { try units.expectNoComplaint(about: name) }
  }

  @Test(arguments: dropIns)
  func everyDropInFitsItsUnit(dropIn: String, unit: String) throws {
    let units = try Units()
    defer { units.remove() }
    try units.add(dropIn: dropIn, to: unit)
    try units.expectNoComplaint(about: unit)
  }

  @Test func credentialsAreTheSecretSettings() throws {
    let secrets = Set(Setting.allCases.filter(\.isSecret).map(\.rawValue) + [SettingsKey.credential])
    #expect(Set(try Self.values(of: "LoadCredential", in: "mpesad.service")) == secrets)
    #expect(Set(try Self.values(of: "LoadCredentialEncrypted", in: "examples/30-credentials.conf")) == secrets)
  }

  /// Of a zero systemd tells journald nothing, which then goes by its own limit: some 32,500 entries in 30 s where it may keep a gigabyte.
  @Test func theRateLimitIsOneThatJournaldIsToldOf() throws {
    #expect(try Self.values(of: "LogRateLimitIntervalSec", in: "mpesad.service") == ["1s"])
    let bursts = try Self.values(of: "LogRateLimitBurst", in: "mpesad.service").compactMap { Int($0) }
    #expect(bursts.count == 1 && bursts.allSatisfy { $0 >= 100_000 }, "\(bursts)")
  }

  /// Whatever fails, the sockets live: see systemd.unit(5) and systemd.socket(5).
  @Test func noLimitOfStartsOrTriggersCloses() throws {
    #expect(try Self.values(of: "StartLimitIntervalSec", in: "mpesad.service") == ["0"])
    #expect(try Self.values(of: "Restart", in: "mpesad.service") == ["always"])
    for socket in try Self.unitNames().filter({ $0.hasSuffix(".socket") }) {
      #expect(try Self.values(of: "TriggerLimitIntervalSec", in: socket) == ["0"])
    }
  }
}

/// A copy of the units whose program is the one that was built, for systemd looks whether it is there.
private struct Units {
  let path = NSTemporaryDirectory() + "mpesad-units-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in try UnitTests.unitNames() {
      try UnitTests.text(name).replacing("/usr/bin/mpesad", with: MpesadProcess.executable)
        .write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }
  }

  func add(dropIn: String, to unit: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/\(unit).d", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: UnitTests.directory + "/examples/" + dropIn, toPath: path + "/\(unit).d/" + dropIn)
  }

  func expectNoComplaint(about unit: String) throws {
    let run = try ToolRun(
      "systemd-analyze", ["verify", "--man=no", "--recursive-errors=one", path + "/" + unit],
      environment: ["SYSTEMD_UNIT_PATH": path + ":"])
    #expect(run.status == 0 && run.output.isEmpty, "\(unit): \(run.output)")
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
