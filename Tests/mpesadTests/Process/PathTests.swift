import Foundation
import Store
import Testing

@testable import mpesad

/// Paths that do not begin with a slash are those of the working directory, in every command and every setting that takes one.
@Suite(.serialized) struct PathTests {
  /// A working directory of one test's own, with a directory in it to name things in.
  private struct Ground {
    let workspace: Workspace
    var path: String { workspace.path }

    init() throws {
      workspace = try Workspace()
      for name in ["in", "state"] {
        try FileManager.default.createDirectory(atPath: workspace.path + "/" + name, withIntermediateDirectories: false)
      }
    }

    /// Runs a command there.
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> (status: Int32, said: String)
    {
      let child = try MpesadProcess(arguments, environment: environment, through: Self.inside(path))
      return (try await child.wait(), child.said)
    }

    static func inside(_ path: String) -> [String] { ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, path] }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
  }

  /// A bare name, one of a directory below, and the longer ways to say the same.
  static let names = ["it", "in/it", "./it", "in/../in/it", "../PARENT/it"]

  private static func with(_ name: String, _ work: (Ground, String) async throws -> Void) async throws {
    let ground = try Ground()
    defer { ground.workspace.remove() }
    try await work(ground, name.replacing("PARENT", with: (ground.path as NSString).lastPathComponent))
  }

  @Test(arguments: names) func aBackupIsMadeUnderItsNameAndRestoredFromIt(name: String) async throws {
    try await Self.with(name) { ground, name in
      _ = try await KillTests.seed(ground.path + "/state", 3)
      let backup = try await ground.run("backup", name, "--state", "state")
      #expect(backup.status == 0, "\(backup.said)")
      #expect(ground.has(name))
      let restored = try await ground.run("restore", name, "--yes", "--state", "other")
      #expect(restored.status == 0, "\(restored.said)")
      #expect(ground.has("other/mpesad.db"))
    }
  }

  @Test(arguments: names) func backupsGoIntoADirectoryAndAreFoundThere(name: String) async throws {
    try await Self.with(name) { ground, name in
      _ = try await KillTests.seed(ground.path + "/state", 3)
      let backup = try await ground.run("backup", "--directory", name, "--keep", "2", "--state", "state")
      #expect(backup.status == 0, "\(backup.said)")
      let check = try await ground.run("check", "--backups", name, "--state", "state")
      #expect(check.status == 0 && check.said.contains("h old"), "\(check.said)")
    }
  }

  @Test(arguments: names) func everyCommandFindsTheStateDirectory(name: String) async throws {
    try await Self.with(name) { ground, name in
      let made = try await ground.run("init-mpesa-settings", "--state", name)
      #expect(made.status == 78, "\(made.said)")
      #expect(ground.has(name + "/mpesad.db"))
      for arguments in [
        ["migrate", "--check"], ["check"], ["issue-token"], ["transactions", "list"], ["inbox", "list"],
        ["orders", "create", "--amount", "1", "--reference", "A1"], ["deliveries", "list"], ["sources"],
      ] {
        let child = try MpesadProcess(arguments + ["--state", name], through: Ground.inside(ground.path))
        #expect(try await child.wait() == 0, "\(arguments): \(child.said)")
      }
    }
  }

  @Test(arguments: names) func benchMeasuresThere(name: String) async throws {
    try await Self.with(name) { ground, name in
      let run = try await ground.run(
        "bench", "--connections", "2", "--duration", "0.2", "--most", "100", "--state", name)
      #expect(run.status == 0, "\(run.said)")
    }
  }

  @Test(arguments: names) func secretsAreReadFromFiles(name: String) async throws {
    try await Self.with(name) { ground, name in
      _ = try ground.workspace.file(name, "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
      let set = try await ground.run("set-mpesa-credentials", "--passkey-file", name, "--state", "state")
      #expect(set.status == 0, "\(set.said)")
      _ = try ground.workspace.file("request", "webhook-id: evt_1\n\n{}")
      let verified = try await ground.run("verify-webhook", "--secret-file", name, "request")
      #expect(verified.status == 1 && verified.said.contains("Not valid"), "\(verified.said)")
    }
  }

  /// Where a setting is written, and where its relative path then starts from.
  enum Place: CaseIterable { case flag, environment, file }

  @Test(
    .enabled(if: Requirement.met(ServerCertificate.openssl != nil), "openssl makes the certificate"),
    arguments: Place.allCases, names)
  func filesOfSettingsAreFound(place: Place, name: String) async throws {
    try await Self.with(name) { ground, name in
      let certificate = try await ServerCertificate(in: ground.path + (place == .file ? "/in" : ""))
      let base = place == .file ? ground.path + "/in" : ground.path
      try FileManager.default.createDirectory(atPath: base + "/in", withIntermediateDirectories: true)
      // In the file the names start from the file's own directory.
      let name =
        place == .file ? name.replacing("../" + (ground.path as NSString).lastPathComponent, with: "../in") : name
      let settings = [
        ("tls_certificate_file", name + ".pem", certificate.certificate),
        ("tls_key_file", name + ".key", certificate.key),
      ]
      var arguments = ["serve", "--listen", "127.0.0.1:0"]
      var environment: [String: String] = [:]
      for (setting, path, source) in settings {
        try FileManager.default.copyItem(atPath: source, toPath: base + "/" + path)
        if place == .flag { arguments += ["--set", "\(setting)=\(path)"] }
        if place == .environment { environment["MPESAD_" + setting.uppercased()] = path }
      }
      let state = "state_directory: \(name).state\n"
      if place == .file {
        _ = try ground.workspace.file(
          "in/mpesad.yaml", state + settings.map { "\($0.0): \($0.1)\n" }.joined())
        arguments += ["--config", "in/mpesad.yaml"]
      } else {
        _ = try ground.workspace.file("mpesad.yaml", state)
        arguments += ["--config", "mpesad.yaml"]
      }
      let daemon = try MpesadProcess(arguments, environment: environment, through: Ground.inside(ground.path))
      _ = try await daemon.port()
      #expect(FileManager.default.fileExists(atPath: base + "/\(name).state/mpesad.db"), "\(daemon.said)")
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0, "\(daemon.said)")
    }
  }

  @Test(arguments: [
    ["check", "--state", ""], ["serve", "--config", ""], ["backup", ""], ["backup", "--directory", ""],
    ["restore", ""],
    ["check", "--backups", ""], ["bench", "--state", ""], ["set-mpesa-credentials", "--passkey-file", ""],
    ["verify-webhook", "--secret-file", "", "x"],
  ]) func anEmptyPathIsASlipAndNotTheWorkingDirectory(arguments: [String]) async throws {
    let run = try await MpesadProcess.run(arguments)
    #expect(run.status == 64 && run.output.contains("must not be empty"), "\(run.output)")
  }

  @Test func everyOptionThatIsAPathIsMadeAbsolute() throws {
    let commands = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/mpesad/Commands").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: commands, includingPropertiesForKeys: nil))
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    var found = 0
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let options = text.matches(of: /@(Option|Argument)(?<how>[^@]*?)\n? +var (?<name>\w+)(: String\??)/)
      for option in options
      where option.name.lowercased().hasSuffix("file")
        || ["config", "state", "directory", "backups"].contains(option.name)
      {
        found += 1
        #expect(option.how.contains("transform: AbsolutePath."), "\(option.name) in \(file.lastPathComponent)")
      }
    }
    #expect(found >= 12, "only \(found) options were recognised")
  }
}
