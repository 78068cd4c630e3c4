import Foundation

/// All scenarios: each site of each moment with each fault that fits it.
enum FaultMatrix {
  /// The scenarios for the sites of a table, always in the same order.
  static func scenarios(for sites: [FaultMoment: Set<FaultSite>]) -> [FaultScenario] {
    var scenarios: [FaultScenario] = []
    for moment in FaultMoment.allCases {
      for site in (sites[moment] ?? []).sorted(by: { $0.description < $1.description }) {
        for plan in plans(for: site) {
          for blow in blows(for: plan, at: moment) {
            scenarios.append(FaultScenario(moment: moment, plan: plan, blow: blow))
          }
        }
      }
    }
    return scenarios
  }

  /// The faults that can happen to a call.
  static func plans(for site: FaultSite) -> [FaultPlan] {
    var plans = [FaultKind.error(EIO), .error(ENOSPC)].flatMap { kind in
      [1, 3, 0].map { FaultPlan(site: site, kind: kind, times: $0) }
    }
    // A kernel that interrupts a call for ever never does anything: no program can work on it.
    if site.call != .rename && site.call != .unlink {
      plans += [1, 3].map { FaultPlan(site: site, kind: .error(EINTR), times: $0) }
    }
    if site.call.writesBytes {
      plans += [1, 3, 0].map { FaultPlan(site: site, kind: .short, times: $0) }
      plans += [2, 0].map { FaultPlan(site: site, kind: .shortThenFull, times: $0) }
    }
    for first in [1, 2, 7] {
      plans += [.killBefore, .killAfter].map { FaultPlan(site: site, kind: $0, first: first, times: 1) }
    }
    return plans
  }

  /// What comes on top: a kill and a power cut where bytes may be under way. A fault that kills is run as a crash and as a power cut.
  static func blows(for plan: FaultPlan, at moment: FaultMoment) -> [FaultBlow] {
    if plan.kind.kills { return [.none, .powerCut] }
    if moment == .stop { return [.none] }
    let syncs = plan.site.call == .fsync || plan.site.call == .fdatasync
    return syncs ? FaultBlow.allCases : [.none, .kill, .powerCut]
  }
}
