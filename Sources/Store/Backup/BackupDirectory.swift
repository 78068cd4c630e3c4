public import Daraja
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A directory with backups under dated names, of which so many are kept.
public struct BackupDirectory: Sendable {
  /// What a name begins and ends with; between them stands the time, such as `20261125T193000Z`.
  static let prefix = "mpesad-"
  static let suffix = ".db"

  /// Where it is.
  public let path: String

  /// The directory at this path, which need not be there.
  public init(_ path: String) { self.path = path }

  /// Makes it where there is none, for its owner alone.
  /// - Parameter state: the state directory, whose owner a directory made by root is given to.
  /// - Throws: ``BackupError``.
  public func prepare(for state: String) throws {
    guard access(path, F_OK) != 0 else { return }
    guard mkdir(path, 0o700) == 0 else {
      throw BackupError.cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      throw BackupError.cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    defer { close(directory) }
    try FileOwner(of: state).give(directory, in: DatabaseFile.directory(of: path))
  }

  /// Where a backup of this moment goes.
  public func file(at moment: Microseconds) -> String {
    path + "/" + Self.prefix + Self.text(moment) + Self.suffix
  }

  /// The backups in it, oldest first, each with the time in its name. Nothing where there is no such directory.
  public func backups() -> [(path: String, at: Microseconds)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in Self.moment(name).map { (path + "/" + name, $0) } }.sorted { $0.at < $1.at }
  }

  /// What came of removing the oldest.
  public struct Pruning: Hashable, Sendable {
    /// Files that are gone.
    public var removed: [String] = []
    /// Files that would have had to go and are no backups of this program's, or could not be removed.
    public var left: [String] = []

    /// Nothing was removed.
    public init() {}
  }

  /// Removes all but the newest backups, and what killed ones left behind. Touches nothing that this program did not make.
  ///
  /// Names tell what the clock said, which may have been wrong: one that lies ahead counts as older than all others, or the backups of a clock
  /// that was ahead would push out each new one for as long; and what was just made stays, whatever its name.
  /// - Parameters:
  ///   - count: how many stay, at least 1.
  ///   - made: the backup that was just made; nil for none.
  ///   - now: microseconds since the epoch.
  public func prune(keeping count: Int, justMade made: String? = nil, at now: Microseconds) -> Pruning {
    var pruning = Pruning()
    let others = backups().filter { $0.path != made }
    let inOrder = others.filter { $0.at > now } + others.filter { $0.at <= now }
    for (file, _) in inOrder.dropLast(made == nil ? count : count - 1) {
      if Self.isBackup(file), unlink(file) == 0 { pruning.removed.append(file) } else { pruning.left.append(file) }
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for name in names
    where name.hasSuffix(NascentFile.suffix) && Self.moment(String(name.dropLast(NascentFile.suffix.count))) != nil {
      NascentFile.removeAbandoned(path + "/" + name)
    }
    return pruning
  }

  private static func isBackup(_ file: String) -> Bool {
    guard let reader = try? DatabaseFile.reader(file), let facts = try? reader.read({ try BackupFacts($0) }) else {
      return false
    }
    return facts.takenAt > 0
  }

  private static let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)

  static func text(_ moment: Microseconds) -> String {
    Date(timeIntervalSince1970: Double(moment / 1_000_000)).formatted(style)
  }

  /// The time in a name; nil where it is none of ours.
  static func moment(_ name: String) -> Microseconds? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    let time = String(name.dropFirst(prefix.count).dropLast(suffix.count))
    guard let date = try? style.parse(time) else { return nil }
    let moment = Microseconds(date.timeIntervalSince1970) * 1_000_000
    return text(moment) == time ? moment : nil
  }
}
