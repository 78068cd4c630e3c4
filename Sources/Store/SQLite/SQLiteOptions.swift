/// Settings of the SQLite engine, with the reasons for their defaults.
public struct SQLiteOptions: Hashable, Sendable {
  /// Space reserved for the emergency spool, in bytes. 16 MiB hold some 25,000 callbacks: minutes of a full disk at the busiest rate reported.
  public var spoolBytes: Int
  /// How many deliveries may wait for the disk. More are answered 503; at 20,000 a second this is a wait of under half a second.
  public var maximumWaitingAppends: Int
  /// How many other writes may wait.
  public var maximumWaitingJobs: Int
  /// Time between checkpoints under load, in seconds. Often and small keeps each one off the writer's way.
  public var checkpointInterval: Double
  /// Frames (4 KiB pages) in the log above which it is restarted just after a checkpoint, so that its file stays small.
  public var restartLogAboveFrames: Int

  /// The defaults.
  public init(
    spoolBytes: Int = 16 << 20, maximumWaitingAppends: Int = 8_192, maximumWaitingJobs: Int = 4_096,
    checkpointInterval: Double = 0.1, restartLogAboveFrames: Int = 8_000
  ) {
    self.spoolBytes = spoolBytes
    self.maximumWaitingAppends = maximumWaitingAppends
    self.maximumWaitingJobs = maximumWaitingJobs
    self.checkpointInterval = checkpointInterval
    self.restartLogAboveFrames = restartLogAboveFrames
  }
}
