public import Payments

/// Settings of the SQLite engine, with the reasons for their defaults.
public struct SQLiteOptions: Sendable {
  /// Space reserved for the spool, in bytes. 16 MiB hold some 25,000 callbacks: minutes of a full disk at the busiest rate reported.
  public var spoolBytes: Int
  /// The directory of the spool's file, on another disk than the database's; nil for the state directory.
  public var spoolDirectory: String?
  /// Whether a database that cannot be used now keeps the store from opening. Where it does not, deliveries go to the spool, and the
  /// database is tried again until it can be used.
  public var needsDatabase: Bool
  /// Whether an empty database is made where there is none although the state directory was in use.
  public var makesDatabase: Bool
  /// How many deliveries may wait for the disk. More are answered 503; at 20,000 a second this is a wait of under half a second.
  public var maximumWaitingAppends: Int
  /// How many other writes may wait.
  public var maximumWaitingJobs: Int
  /// Time between checkpoints under load, in seconds. Often and small keeps each one off the writer's way.
  public var checkpointInterval: Double
  /// Frames (4 KiB pages) in the log above which it is restarted just after a checkpoint, so that its file stays small.
  public var restartLogAboveFrames: Int
  /// How much is kept of messages that prove nothing.
  public var unprovenBudget: UnprovenBudget
  /// Where the nonces of new orders and transactions come from.
  public var nonces: @Sendable () -> Nonce

  /// The defaults.
  public init(
    spoolBytes: Int = 16 << 20, spoolDirectory: String? = nil, needsDatabase: Bool = true, makesDatabase: Bool = false,
    maximumWaitingAppends: Int = 8_192, maximumWaitingJobs: Int = 4_096,
    checkpointInterval: Double = 0.1, restartLogAboveFrames: Int = 8_000,
    unprovenBudget: UnprovenBudget = UnprovenBudget(),
    nonces: @escaping @Sendable () -> Nonce = Nonce.random
  ) {
    self.spoolBytes = spoolBytes
    self.spoolDirectory = spoolDirectory
    self.needsDatabase = needsDatabase
    self.makesDatabase = makesDatabase
    self.maximumWaitingAppends = maximumWaitingAppends
    self.maximumWaitingJobs = maximumWaitingJobs
    self.checkpointInterval = checkpointInterval
    self.restartLogAboveFrames = restartLogAboveFrames
    self.unprovenBudget = unprovenBudget
    self.nonces = nonces
  }
}
