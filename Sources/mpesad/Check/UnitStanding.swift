import Foundation

/// What systemd says of the service and its socket.
struct UnitStanding: Hashable, Sendable {
  static let service = "mpesad.service"
  static let socket = "mpesad.socket"

  /// Such as `active`, `inactive`, `activating` or `failed`.
  var state: String
  /// Such as `running`, `dead` or `auto-restart`.
  var subState: String
  /// How often systemd started it again after it had ended by itself, since it was started by hand.
  var restarts: Int
  var socketListens: Bool

  /// Reads what `systemctl show` prints of both units. Nil where there is no such service.
  init?(_ text: String) {
    var units: [String: [Substring: Substring]] = [:]
    for block in text.components(separatedBy: "\n\n") {
      let pairs = block.split(separator: "\n").map {
        $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      }
      let properties = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
      if let id = properties["Id"] { units[String(id)] = properties }
    }
    guard let service = units[Self.service], service["LoadState"] == "loaded", let state = service["ActiveState"] else {
      return nil
    }
    self.state = String(state)
    subState = service["SubState"].map(String.init) ?? ""
    restarts = service["NRestarts"].flatMap { Int($0) } ?? 0
    socketListens = units[Self.socket]?["ActiveState"] == "active"
  }
}

/// Asks systemd.
enum SystemManager {
  /// Where systemd is the manager (sd_booted(3)).
  private static let mark = "/run/systemd/system"
  private static let program = "/usr/bin/systemctl"
  /// How long it may take to answer.
  private static let patience = 5.0

  /// What it says of mpesad's units; nil where there is no systemd, it does not answer, or it does not know them.
  static func standing() -> UnitStanding? {
    guard FileManager.default.fileExists(atPath: mark), FileManager.default.isExecutableFile(atPath: program) else {
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [
      "show", "--property=Id,LoadState,ActiveState,SubState,NRestarts", UnitStanding.service, UnitStanding.socket,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    // It prints a few lines, which a pipe holds; then it ends.
    let end = Date(timeIntervalSinceNow: patience)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.005) }
    guard !process.isRunning else {
      process.terminate()
      return nil
    }
    let text = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    return UnitStanding(String(decoding: text, as: UTF8.self))
  }
}
