import GRDB

/// How the way to the disk is doing.
public protocol WritePath: Sendable {
  /// How it is doing now. Cheap to ask: nothing is read or written for it.
  var writePath: WritePathState { get }

  /// Writes something small that nobody needs, and returns when it is on the disk.
  /// - Throws: ``StoreError`` when it cannot be written.
  func tryWriting() async throws
}

/// How the way to the disk was doing at one moment.
public struct WritePathState: Hashable, Sendable {
  /// Why the database does not commit; nil while it does.
  public var failure: String?
  /// How long the batch under way has taken so far; nil between batches.
  public var busyFor: Duration?
  /// How much waits for the writer: deliveries and jobs.
  public var waiting: Int
  /// Bytes of deliveries in the spool.
  public var spoolBytes: Int
  /// Bytes of deliveries that the spool has room for; 0 where there is none.
  public var spoolRoom: Int
  /// Whether the database is open. Before, and where it cannot be opened, deliveries go to the spool.
  public var isOpen: Bool
  /// Whether it takes no new work, since the store is closing.
  public var isClosed: Bool

  /// A state with all its parts; without any, an idle writer that is well.
  public init(
    failure: String? = nil, busyFor: Duration? = nil, waiting: Int = 0, spoolBytes: Int = 0, spoolRoom: Int = 0,
    isOpen: Bool = true, isClosed: Bool = false
  ) {
    self.failure = failure
    self.busyFor = busyFor
    self.waiting = waiting
    self.spoolBytes = spoolBytes
    self.spoolRoom = spoolRoom
    self.isOpen = isOpen
    self.isClosed = isClosed
  }
}

extension SQLiteStore: WritePath {
  public var writePath: WritePathState { writer.path }

  public func tryWriting() async throws {
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO marks(name, value) VALUES ('write_test', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1
          """)
    }
  }
}
