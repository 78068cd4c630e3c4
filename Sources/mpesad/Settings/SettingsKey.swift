import Crypto
import Foundation
import Store

/// The key that secrets in the settings table are sealed under.
enum SettingsKey {
  /// The systemd credential that wins over the file.
  static let credential = "settings_key"
  /// The file in the state directory; made where there is neither.
  static let file = "settings.key"

  /// The key of this host.
  /// - Throws: ``DaemonError/settingsKey(path:detail:)``.
  static func load(_ settings: Settings) throws -> Seal {
    if let directory = settings.source.credentialsDirectory {
      let path = directory + "/" + credential
      if FileManager.default.fileExists(atPath: path) { return Seal(key: try key(inCredential: path)) }
    }
    let path = settings.stateDirectory + "/" + file
    do {
      return Seal(key: try KeyFile.key(at: path))
    } catch DaemonError.keyFile(let path, let detail, _) {
      throw DaemonError.settingsKey(path: path, detail: detail)
    }
  }

  /// The key of this host where there is one; none is made.
  /// - Throws: ``DaemonError/settingsKey(path:detail:)``, also where there is none.
  static func existing(_ settings: Settings) throws -> Seal {
    let places =
      [settings.source.credentialsDirectory.map { $0 + "/" + credential }, settings.stateDirectory + "/" + file]
      .compactMap(\.self)
    guard places.contains(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw DaemonError.settingsKey(path: places.last ?? file, detail: "there is none")
    }
    return try load(settings)
  }

  /// 32 bytes, or their base64 as `openssl rand -base64 32` prints it.
  private static func key(inCredential path: String) throws -> SymmetricKey {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw DaemonError.settingsKey(path: path, detail: "it cannot be read")
    }
    if bytes.count == KeyFile.length { return SymmetricKey(data: bytes) }
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let decoded = Data(base64Encoded: text), decoded.count == KeyFile.length else {
      throw DaemonError.settingsKey(
        path: path, detail: "it must hold \(KeyFile.length) bytes, or the base64 of as many")
    }
    return SymmetricKey(data: decoded)
  }
}
