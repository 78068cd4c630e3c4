import Gateway
import Store

/// Tells who called at the callback addresses.
struct ListSources: Operation {
  static let name = "sources"

  func perform(at desk: OperatorDesk) async throws -> SourceReport {
    // What the daemon has counted in the last seconds is not written down yet.
    try await desk.gate.counts.record(in: desk.store)
    return SourceReport(try await desk.store.sources(), under: desk.gate.rules)
  }
}
