import Store

/// A backup that was made, as commands show it.
struct BackupReport: Encodable {
  var backup: String
  var bytes: Int
  var takenAt: Moment
  /// When the newest delivery in it came.
  var newestDelivery: Moment?
  /// Deliveries that only the spool held.
  var fromSpool: Int
  /// Rows of each table, read back from the file.
  var rows: [String: Int]
  var seconds: Double
  /// Older backups that gave way.
  var removed: [String]

  init(_ summary: Backup.Summary, took: Duration, removed: [String]) {
    backup = summary.path
    bytes = summary.bytes
    takenAt = Moment(summary.facts.takenAt)
    newestDelivery = summary.facts.newestDelivery.map { Moment($0) }
    fromSpool = summary.facts.spooled
    rows = summary.facts.counts.rows
    seconds = (took / .milliseconds(1)).rounded() / 1_000
    self.removed = removed
  }

  var table: TextTable {
    var table = TextTable(header: ["backup", backup])
    table.add(["size", "\(ByteCount(bytes))"])
    table.add(["shows", "\(takenAt)"])
    table.add(["newest delivery", newestDelivery.map { "\($0)" } ?? "none"])
    for name in ["inbox", "orders", "transactions", "events"] { table.add([name, String(rows[name] ?? 0)]) }
    table.add(["from the spool", String(fromSpool)])
    table.add(["verified", "whole, in \(seconds) s with the copying"])
    for path in removed { table.add(["removed", path]) }
    return table
  }
}
