import Daraja

/// Token buckets of one size for many callers, in bounded memory: the rule behind ``RateLimiter``, without a clock.
///
/// A bucket is kept as one number, the moment at which it is full again (GCRA). At most `capacity` callers are remembered;
/// then the one that called longest ago is forgotten, which leaves it a full bucket. For that at least `capacity` others
/// have to call after it, so that whoever commands that many names gains one burst for each round of all of them: no more
/// than as many first-time callers get. Every call costs the same, however many are remembered.
struct RateBuckets {
  private struct Slot {
    var key: String
    var fullAt: Uptime
    var older: Int?
    var newer: Int?
  }

  /// Time in which one call is earned.
  private var interval: Microseconds
  /// Calls that may be made at once.
  private var burst: Microseconds
  private let capacity: Int
  private var slots: [Slot] = []
  private var places: [String: Int] = [:]
  private var oldest: Int?
  private var newest: Int?

  /// Values below one microsecond, call or caller are raised to it.
  init(interval: Microseconds, burst: Int, capacity: Int) {
    self.interval = max(interval, 1)
    self.burst = Microseconds(max(burst, 1))
    self.capacity = max(capacity, 1)
  }

  /// How many callers are remembered.
  var count: Int { slots.count }

  /// Other sizes from now on; what callers have used stays used.
  mutating func resize(interval: Microseconds, burst: Int) {
    self.interval = max(interval, 1)
    self.burst = Microseconds(max(burst, 1))
  }

  /// Takes one call of a caller's.
  /// - Returns: nil when it may go ahead, else the microseconds until it may be tried again. A refused call takes nothing.
  mutating func take(_ key: String, at now: Uptime) -> Microseconds? {
    let place = place(of: key, at: now)
    let room = interval * burst
    // A bucket that was made smaller is empty, and no more than that.
    let fullAt = min(max(slots[place].fullAt, now), now + room)
    let isAllowed = fullAt + interval - now <= room
    slots[place].fullAt = isAllowed ? fullAt + interval : fullAt
    return isAllowed ? nil : fullAt + interval - now - room
  }

  /// The caller's slot, which is the newest afterwards.
  private mutating func place(of key: String, at now: Uptime) -> Int {
    if let place = places[key] {
      if newest != place {
        unlink(place)
        append(place)
      }
      return place
    }
    var place = slots.count
    if place >= capacity, let forgotten = oldest {
      place = forgotten
      unlink(place)
      places[slots[place].key] = nil
      slots[place] = Slot(key: key, fullAt: now)
    } else {
      slots.append(Slot(key: key, fullAt: now))
    }
    places[key] = place
    append(place)
    return place
  }

  private mutating func unlink(_ place: Int) {
    let (older, newer) = (slots[place].older, slots[place].newer)
    if let older { slots[older].newer = newer } else { oldest = newer }
    if let newer { slots[newer].older = older } else { newest = older }
  }

  private mutating func append(_ place: Int) {
    slots[place].older = newest
    slots[place].newer = nil
    if let newest { slots[newest].newer = place } else { oldest = place }
    newest = place
  }
}
