/// When in a daemon's life a fault is on.
enum FaultMoment: String, CaseIterable, Sendable {
  /// While callbacks come.
  case load
  /// While callbacks come and the database has been without room for a while, so that the spool takes them.
  case spooling
  /// From when the database has room again and the spool is taken in.
  case recovery
  /// While the daemon stops.
  case stop
  /// From before a start after a clean stop.
  case start
  /// From before a start after SIGKILL under load, with a log left behind.
  case startAfterKill
  /// From before the first start in an empty directory.
  case firstStart
}

/// What happens besides, while the fault is still on.
enum FaultBlow: String, CaseIterable, Sendable {
  case none, kill
  /// Killed, and what its syncs have not put on the disk is gone.
  case powerCut
  /// Killed, and when it serves again without the fault the power is cut: what a failed sync has left in the page cache alone is gone then.
  case killThenPowerCut
}

/// One fault at one moment, and what comes on top.
struct FaultScenario: Hashable, Sendable, CustomStringConvertible {
  var moment: FaultMoment
  /// None in a run that only records which sites there are.
  var plan: FaultPlan?
  var blow = FaultBlow.none

  /// Whether the fault keeps the database from working all the time, and nothing else: the spool must take callbacks then.
  var leavesTheSpool: Bool {
    guard let plan, case .error = plan.kind, plan.times == 0, moment != .stop else { return false }
    return [.database, .log, .index, .journal].contains(plan.site.file)
  }

  var description: String {
    "\(moment): \(plan.map(String.init(describing:)) ?? "no fault")" + (blow == .none ? "" : ", then \(blow)")
  }
}
