/// Decides when the log may be copied into the database.
///
/// SQLite below 3.51.3 (3.50.7, 3.44.6) has the WAL-reset bug (sqlite.org/wal.html): where a checkpoint begins with nothing left to copy
/// and a commit restarts the log meanwhile, later commits are taken for copied ones and are lost. A commit restarts the log only when all of
/// it was copied, and only a checkpoint copies. So a checkpoint that begins while frames are left cannot be overtaken, and only such
/// ones are begun: when a commit that wrote frames *began* after the last checkpoint had returned, or when that one copied less than all.
struct CheckpointPlan: Hashable, Sendable {
  /// Frames in the log above which the writer is held for a last, short checkpoint, so that the next commit restarts the log.
  var restartAbove: Int
  /// Frames left to copy above which the writer is not held: a reader of long standing holds them back, or the first pass was too slow.
  static let mostFramesWhileHeld = 4_000

  /// Changes when a checkpoint begins and when it returns: a commit notes it at its beginning.
  private(set) var moment: UInt64 = 0
  /// Frames in the log after the last commit that wrote some.
  private(set) var frames = 0
  private var isRunning = false
  private var framesAreLeft = false
  /// A commit overlapped a checkpoint, which may have copied its frames or not.
  private var framesMayBeLeft = false

  init(restartAbove: Int) { self.restartAbove = restartAbove }

  /// Whether a checkpoint may begin now, beside commits.
  var mayBegin: Bool { framesAreLeft && !isRunning }
  /// Whether one is due that may begin only while the writer is held.
  var mayBeginHeld: Bool { (framesAreLeft || framesMayBeLeft) && !isRunning }

  /// A commit ended that wrote frames.
  /// - Parameters:
  ///   - frames: the log's length in frames after it.
  ///   - began: the ``moment`` at its beginning.
  mutating func committed(frames: Int, began: UInt64) {
    self.frames = frames
    if began == moment && !isRunning { framesAreLeft = true } else { framesMayBeLeft = true }
  }

  /// A checkpoint begins.
  mutating func begin() {
    isRunning = true
    // What was committed by now is seen by this one.
    framesMayBeLeft = false
    moment += 1
  }

  /// A checkpoint returned.
  /// - Parameters:
  ///   - frames: the log's length as it found it.
  ///   - copied: how many of them the database has; nil where it failed, and so left frames behind.
  mutating func finish(frames: Int, copied: Int?) {
    isRunning = false
    moment += 1
    framesAreLeft = copied.map { $0 < frames } ?? true
  }

  /// Whether the log is longer than it is to be.
  var isLong: Bool { frames > restartAbove }

  /// Whether to hold the writer now, after a checkpoint that copied so many: then the rest is copied in milliseconds.
  func shouldHold(copied: Int) -> Bool {
    isLong && frames - copied <= Self.mostFramesWhileHeld
  }
}
