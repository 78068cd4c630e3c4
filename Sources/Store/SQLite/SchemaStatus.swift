import Foundation
import GRDB

/// How far a state directory's database is behind this program, seen without opening it for writing.
public struct SchemaStatus: Hashable, Sendable {
  /// The database file.
  public let path: String
  /// Migrations that it has, in order.
  public let applied: [String]
  /// Migrations that it lacks, in order; all of them where there is no database.
  public let pending: [String]
  /// Migrations that it has and this program does not know, sorted: a newer program wrote it, and this one leaves it alone.
  public let unknown: [String]

  /// Looks at the database in a state directory. Works while a daemon runs.
  /// - Throws: ``StoreError/cannotOpen(path:detail:)``.
  public init(directory: String) throws {
    path = directory + "/mpesad.db"
    guard FileManager.default.fileExists(atPath: path) else {
      (applied, unknown) = ([], [])
      pending = Schema.migrator.migrations
      return
    }
    let found = try SQLiteOpening.migrations(path: path)
    applied = Schema.migrator.migrations.filter(found.contains)
    pending = Schema.migrator.migrations.filter { !found.contains($0) }
    unknown = found.subtracting(Schema.migrator.migrations).sorted()
  }
}
