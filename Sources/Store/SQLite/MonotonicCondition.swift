import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A lock with a condition whose timed waits are measured on the monotonic clock: Foundation's end at a time of day, and a clock that is set
/// back while somebody waits would hold them for as long as it was set back.
final class MonotonicCondition: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
  func signal() { pthread_cond_signal(condition) }
  func broadcast() { pthread_cond_broadcast(condition) }

  /// Waits for a signal; may also return without one.
  func wait() { pthread_cond_wait(condition, mutex) }

  /// Waits for a signal until a moment of ``now``.
  /// - Returns: false when the time is up.
  func wait(until end: UInt64) -> Bool {
    var moment = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    return pthread_cond_timedwait(condition, mutex, &moment) != ETIMEDOUT
  }

  /// Nanoseconds of the monotonic clock.
  static var now: UInt64 {
    var moment = timespec()
    clock_gettime(CLOCK_MONOTONIC, &moment)
    return UInt64(moment.tv_sec) * 1_000_000_000 + UInt64(moment.tv_nsec)
  }

  /// The moment that is so many seconds away.
  static func moment(in seconds: Double) -> UInt64 { now + UInt64(seconds * 1e9) }
}
