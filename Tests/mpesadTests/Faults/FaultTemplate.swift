import Foundation

@testable import mpesad

/// A state directory with pending transactions, made once and copied for each scenario.
struct FaultTemplate: Sendable {
  private static let made = Task { try await FaultTemplate() }

  let directory: String
  let load: CallbackLoad
  /// The name that the spool's file has.
  let spoolName: String

  static func template() async throws -> FaultTemplate { try await made.value }

  private init() async throws {
    directory = FaultLibrary.directory + "/template"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    load = try await KillTests.seed(directory, 700)
    // One run of the daemon makes everything else that a state directory has. A secret in the settings table needs the settings key.
    let secret = directory + "/secret"
    try Data("not a real passkey".utf8).write(to: URL(fileURLWithPath: secret))
    let set = try await MpesadProcess.run(["set-mpesa-credentials", "--state", directory, "--passkey-file", secret])
    try FileManager.default.removeItem(atPath: secret)
    guard set.status == 0 else { throw FaultTrouble("The passkey cannot be set: \(set.output)") }
    // The spool that was made so far has the usual size, which makes each copy and each start slow.
    for spool in try Self.spools(in: directory) { try FileManager.default.removeItem(atPath: "\(directory)/\(spool)") }
    let daemon = try MpesadProcess(Self.arguments(directory), environment: Self.environment)
    _ = try await daemon.port()
    daemon.signal(SIGTERM)
    let status = try await daemon.wait()
    guard status == 0 else { throw FaultTrouble("The template's daemon ended with \(status): \(daemon.said)") }
    let spools = try Self.spools(in: directory)
    guard let spool = spools.first, spools.count == 1 else { throw FaultTrouble("These are the spools: \(spools)") }
    spoolName = spool
  }

  private static func spools(in directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".spool") }
  }

  static func arguments(_ directory: String) -> [String] {
    ["serve", "--state", directory, "--listen", "127.0.0.1:0", "--log-level", "notice"]
  }

  /// A spool that is quickly read, and takes a scenario's load several times over.
  ///
  /// At a first start no callback's address can be valid; strangers are not limited, so that all of them are taken.
  static let environment = ["MPESAD_SPOOL_BYTES": "1048576", "MPESAD_RATE_LIMIT_CALLBACK_PER_MINUTE": "0"]

  /// Fills an empty directory.
  func copy(to target: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      try FileManager.default.copyItem(atPath: "\(directory)/\(name)", toPath: "\(target)/\(name)")
    }
  }
}
