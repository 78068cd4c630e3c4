import Foundation
import Testing

@testable import Store

@Suite("SQLite, a directory of backups")
struct BackupDirectoryTests {
  private static let day: Int64 = 86_400_000_000
  private static let start: Int64 = 1_795_512_600_000_000

  static let names: [(String, Bool)] = [
    ("mpesad-20261124T093000Z.db", true), ("mpesad-20261124T093000Z.db.part", false), ("mpesad-20261124.db", false),
    ("mpesad-20261324T093000Z.db", false), ("mpesad-latest.db", false), ("mpesad.db", false), ("shop.db", false),
    ("mpesad-20261124T093000Z.db.gz", false),
  ]

  @Test("Only names that it gives itself are its own", arguments: names)
  func own(name: String, isOwn: Bool) { #expect((BackupDirectory.moment(name) != nil) == isOwn) }

  @Test("A name tells the time to the second")
  func time() {
    let file = BackupDirectory("/safe").file(at: Self.start)
    #expect(file == "/safe/mpesad-20261124T093000Z.db")
    #expect(BackupDirectory.moment("mpesad-20261124T093000Z.db") == Self.start)
  }

  @Test("The newest are kept; what others put there is left, whatever its name")
  func pruning() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try BackupTests.rooms(in: path)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let directory = BackupDirectory(safe + "/daily")
      try directory.prepare(for: state)
      try directory.prepare(for: state)
      let backup = Backup(of: state, keys: [:], program: "test")
      let files = (0..<4).map { directory.file(at: Self.start + Int64($0) * Self.day) }
      for (index, file) in files.enumerated() {
        _ = try backup.write(to: file, now: Self.start + Int64(index) * Self.day)
      }
      let foreign = directory.file(at: Self.start - Self.day)
      let others = [foreign, directory.path + "/notes.txt", directory.path + "/mpesad-latest.db"]
      for other in others { try Data("not ours".utf8).write(to: URL(fileURLWithPath: other)) }
      let remains = directory.file(at: Self.start + 9 * Self.day) + ".part"
      try Data("cut off".utf8).write(to: URL(fileURLWithPath: remains))
      let underWay = directory.file(at: Self.start + 10 * Self.day)
      let pruning = try Self.prune(directory, keeping: 2, whileWriting: underWay)

      #expect(pruning.removed == Array(files.prefix(2)) && pruning.left == [foreign])
      let left = Set(
        try FileManager.default.contentsOfDirectory(atPath: directory.path).map { directory.path + "/" + $0 })
      #expect(left == Set(files.suffix(2) + others))
      #expect(directory.backups().last?.path == files.last)
    }
  }

  /// The file beside is left as a killed writer leaves it, but for its lock, which is held meanwhile.
  private static func prune(_ directory: BackupDirectory, keeping count: Int, whileWriting path: String) throws
    -> BackupDirectory.Pruning
  {
    let file = try NascentFile(path, replaces: false, owner: FileOwner(of: directory.path))
    let pruning = directory.prune(keeping: count, at: start + 30 * day)
    #expect(FileManager.default.fileExists(atPath: file.temporary))
    file.abandon()
    return pruning
  }

  @Test(
    "Backups of a clock that was ahead push out none of those after it, nor does a clock that is behind push out its own"
  )
  func wrongClock() async throws {
    try await TemporaryDirectory.use { path in
      let (state, safe) = try BackupTests.rooms(in: path)
      await (try SQLiteStore(directory: state, logger: Journal().logger)).close()
      let directory = BackupDirectory(safe + "/daily")
      try directory.prepare(for: state)
      let backup = Backup(of: state, keys: [:], program: "test")
      func make(at now: Int64) throws -> String {
        let file = directory.file(at: now)
        _ = try backup.write(to: file, now: now)
        _ = directory.prune(keeping: 3, justMade: file, at: now)
        return file
      }
      for number: Int64 in 0..<3 { _ = try make(at: Self.start + (366 + number) * Self.day) }
      let right = try (0..<3).map { try make(at: Self.start + Int64($0) * Self.day) }
      #expect(directory.backups().map(\.path) == right)
      let behind = try make(at: 86_400_000_000)
      #expect(directory.backups().map(\.path) == [behind] + right.suffix(2))
    }
  }

  @Test("Where there is no directory there are no backups")
  func none() { #expect(BackupDirectory("/nowhere").backups().isEmpty) }
}
