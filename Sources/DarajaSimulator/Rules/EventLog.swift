/// The last events, the oldest dropped first.
struct EventLog: Sendable {
  private(set) var events: [SimulatorEvent] = []
  private(set) var recorded = 0
  private let limit: Int

  init(limit: Int = SimulatorLimits.events) {
    self.limit = limit
  }

  /// How many events were dropped to keep the limit.
  var dropped: Int { recorded - events.count }

  mutating func record(_ event: SimulatorEvent, at time: Int64) -> SimulatorEvent {
    recorded += 1
    var event = event
    event.sequence = recorded
    event.at = time
    events.append(event)
    // Dropped a tenth at a time: moving all the others for each new one would cost more than keeping them.
    if events.count > limit { events.removeFirst(max(1, limit / 10)) }
    return event
  }
}
