public import Daraja

/// How much is kept of messages that prove nothing: those that came to the bare address or with a wrong token, and that fit no transaction
/// (`unmatched`) or cannot be read (`quarantined`). Anybody can post them, so that without a bound a stranger fills the disk.
///
/// Where there are more, the oldest make room. What is received, parked or settled is never touched for it (how many are parked has a bound
/// of its own), nor what came to a transaction's
/// own address, what names a CheckoutRequestID of ours, and what a timeline refers to.
public struct UnprovenBudget: Hashable, Sendable {
  /// Bytes of bodies: 64 MiB, some 90,000 results as Safaricom sends them (some 700 bytes; seen in live traffic). Beyond it the oldest lose
  /// their bytes; hash, size and all else of the row stay.
  public static let standardBytes = 64 << 20
  /// Rows: 200,000, with their indexes some 60 MB. Beyond it the oldest rows go, and how many they were stays counted.
  public static let standardRows = 200_000
  /// Messages about one transaction that leave an event in its timeline. Safaricom delivers once, so that twenty are twenty times more than
  /// honest ones need; a person can still read a timeline of twenty.
  public static let eventsPerTransaction = 20

  /// Messages that may be parked, all from the bare address: 20,000. That is 100 seconds of 200 callbacks a second that all overtake the answer
  /// to their push, while an honest one waits for milliseconds, and 80 MB at 4 KiB each. Beyond it a message that fits no transaction is
  /// `unmatched` at once, where the rest of the budget applies; it is taken up when its CheckoutRequestID becomes known.
  public static let standardParked = 20_000

  /// The most bytes of bodies.
  public var bytes: Int
  /// The most rows.
  public var rows: Int
  /// The most messages that are parked.
  public var parked: Int

  /// The budget in use unless something else is given.
  public init(
    bytes: Int = Self.standardBytes, rows: Int = Self.standardRows, parked: Int = Self.standardParked
  ) {
    self.bytes = bytes
    self.rows = rows
    self.parked = parked
  }
}

/// What there is of messages that prove nothing, and what had to go.
public struct UnprovenMessages: Hashable, Sendable {
  /// What had to go of those that came on one day.
  public struct Removal: Hashable, Sendable {
    /// The beginning of the day (UTC) on which they came.
    public var day: Microseconds
    /// Rows that are gone.
    public var rows: Int
    /// Rows that lost their bytes.
    public var bodies: Int
    /// Bytes of bodies that are gone.
    public var bytes: Int

    /// What had to go of those that came on a day.
    public init(day: Microseconds, rows: Int, bodies: Int, bytes: Int) {
      self.day = day
      self.rows = rows
      self.bodies = bodies
      self.bytes = bytes
    }
  }

  /// Rows that the budget counts.
  public var rows: Int
  /// Bytes of bodies in them.
  public var bytes: Int
  /// What they may take.
  public var budget: UnprovenBudget
  /// Messages beyond ``UnprovenBudget/eventsPerTransaction``, which left no event and whose bytes went at once. Since the beginning.
  public var withoutEvent: Int
  /// What had to go since the beginning.
  public var removed: (rows: Int, bodies: Int, bytes: Int) { (removedRows, removedBodies, removedBytes) }
  /// The same for the newest days from which something had to go, newest first.
  public var removedByDay: [Removal]
  var removedRows: Int
  var removedBodies: Int
  var removedBytes: Int

  /// Whether there is more than the budget allows.
  public var isOverBudget: Bool { rows > budget.rows || bytes > budget.bytes }

  /// What is found.
  /// - Parameter removed: since the beginning.
  public init(
    rows: Int = 0, bytes: Int = 0, budget: UnprovenBudget = UnprovenBudget(), withoutEvent: Int = 0,
    removed: (rows: Int, bodies: Int, bytes: Int) = (0, 0, 0), removedByDay: [Removal] = []
  ) {
    self.rows = rows
    self.bytes = bytes
    self.budget = budget
    self.withoutEvent = withoutEvent
    (removedRows, removedBodies, removedBytes) = removed
    self.removedByDay = removedByDay
  }
}

/// Keeping messages that prove nothing within their budget.
///
/// Each commit that adds such messages makes room for as many, so that the budget holds at once. What is far beyond it, after a flood that an
/// older version took in or in a restored database, is worked off by calling ``purgeUnproven(limit:at:)`` until it does not go on.
public protocol UnprovenStore: Sendable {
  /// How things stand.
  /// - Parameter days: of at most so many days what had to go.
  func unprovenMessages(days: Int) async throws -> UnprovenMessages

  /// Makes room where there is more than the budget allows. Durable when it returns.
  /// - Parameter limit: at most so many rows are looked at.
  func purgeUnproven(limit: Int, at now: Microseconds) async throws -> Purge

  /// Counts what there is anew, without keeping the writer, and corrects the counts that are kept where they differ.
  /// - Returns: how many rows and bytes the counts were off; zero where they were right.
  func recountUnproven() async throws -> (rows: Int, bytes: Int)
}
