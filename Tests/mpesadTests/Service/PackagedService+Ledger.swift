import Foundation
import GRDB
import Testing

@testable import mpesad

extension PackagedService {
  /// That each callback that was acknowledged has its row and settled its transaction, none twice, seen in the database itself.
  func expectRows(
    of met: ServiceLoad.Tally, _ load: CallbackLoad, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let ledger = try ledger()
    try await waits(for: "every delivery is settled") { try await !ledger.hasUnsettledDeliveries() }
    let acknowledged = Set(met.acknowledged.map { load.transaction($0).number })
    let delivered = try await ledger.delivered()
    let completed = try await ledger.completed()
    #expect(acknowledged.count > 50, "too little load to mean anything: \(met)", sourceLocation: sourceLocation)
    #expect(
      acknowledged.subtracting(delivered).isEmpty, "acknowledged and not in the inbox: \(met)",
      sourceLocation: sourceLocation)
    #expect(
      acknowledged.subtracting(completed).isEmpty, "acknowledged and not settled: \(met)",
      sourceLocation: sourceLocation)
    #expect(try await ledger.settledTwice().isEmpty, sourceLocation: sourceLocation)
  }

  /// Its database, looked into from outside.
  func ledger() throws -> LedgerView { try LedgerView(directory: disk) }
}

/// What only a newer program would do to the database.
extension PackagedService {
  func noteMigration(_ name: String) async throws {
    try await migrations("INSERT INTO grdb_migrations VALUES (?)", name)
  }
  func forgetMigration(_ name: String) async throws {
    try await migrations("DELETE FROM grdb_migrations WHERE identifier = ?", name)
  }

  private func migrations(_ statement: String, _ name: String) async throws {
    let queue = try DatabaseQueue(path: disk + "/mpesad.db")
    try await queue.write { db in try db.execute(sql: statement, arguments: [name]) }
    try queue.close()
    try await machine.must("chown", "--recursive", "mpesad:mpesad", Self.state)
  }
}
