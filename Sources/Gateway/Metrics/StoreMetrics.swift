import Daraja
import Payments
import Store

/// What the store says of itself.
struct StoreMetrics: Sendable {
  let store: any PaymentStore & WritePath
  let now: @Sendable () -> Microseconds

  /// What stands in the database is left out while it cannot be read: `mpesad_store_readable` says so.
  func families() async -> [MetricFamily] {
    let path = store.writePath
    var families = [
      MetricFamily("mpesad_spool_bytes", .gauge, Double(path.spoolBytes)),
      MetricFamily("mpesad_spool_room_bytes", .gauge, Double(path.spoolRoom)),
      MetricFamily("mpesad_store_writable", .gauge, path.failure == nil && !path.isClosed ? 1 : 0),
      MetricFamily("mpesad_store_waiting", .gauge, Double(path.waiting)),
    ]
    do {
      families += self.families(of: try await store.census())
      families.append(MetricFamily("mpesad_store_readable", .gauge, 1))
    } catch {
      families.append(MetricFamily("mpesad_store_readable", .gauge, 0))
    }
    return families
  }

  private func families(of census: Census) -> [MetricFamily] {
    let age = census.oldestWaiting.map { Double(max(now() - $0, 0)) / 1_000_000 } ?? 0
    let waiting = census.deliveries[.received] ?? 0
    return [
      MetricFamily("mpesad_inbox_waiting", .gauge, Double(waiting)),
      MetricFamily("mpesad_inbox_oldest_seconds", .gauge, age),
      MetricFamily(
        "mpesad_inbox_deliveries", .gauge,
        DeliveryState.allCases.compactMap { state in
          census.deliveries[state].map { .init(Double($0), labels: [("state", state.rawValue)]) }
        }),
      MetricFamily(
        "mpesad_transactions", .gauge,
        PaymentStatus.allCases.compactMap { status in
          census.transactions[status].map { .init(Double($0), labels: [("status", status.rawValue)]) }
        }),
    ]
  }
}
