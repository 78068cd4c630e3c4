import Daraja
public import Store
import Synchronization

/// Who called at the callback addresses since this was last asked. Bounded, and cheap: a callback pays for one look into
/// a table in memory.
public final class SourceCounts: Sendable {
  /// How many addresses are told apart between two recordings; those beyond it are counted together, unless they prove
  /// something. An entry takes about a hundred bytes.
  static let capacity = 1_024

  private let tallies = Mutex<[String: SourceCount]>([:])

  public init() {}

  /// Counts one delivery.
  func note(_ address: String, _ proof: CallbackRules.Proof, isRefused: Bool, at now: Microseconds) {
    add(
      SourceCount(
        address: address, deliveries: 1, proven: proof == .token ? 1 : 0, wrongTokens: proof == .wrongToken ? 1 : 0,
        refused: isRefused ? 1 : 0, refusedProven: isRefused && proof == .token ? 1 : 0, firstSeen: now, lastSeen: now))
  }

  /// Writes down what is counted, and begins anew. What cannot be written down stays counted.
  public func record(in store: any SourceStore) async throws {
    let taken = take()
    guard !taken.isEmpty else { return }
    do {
      try await store.add(taken)
    } catch {
      for count in taken { add(count) }
      throw error
    }
  }

  /// What is counted so far; counting begins anew.
  func take() -> [SourceCount] {
    tallies.withLock { tallies in
      defer { tallies = [:] }
      return Array(tallies.values)
    }
  }

  private func add(_ count: SourceCount) {
    tallies.withLock { tallies in
      if tallies[count.address]?.add(count) != nil { return }
      var count = count
      if tallies.count >= Self.capacity, count.proven == 0 { count.address = SourceCount.others }
      if tallies[count.address]?.add(count) == nil { tallies[count.address] = count }
    }
  }
}

extension SourceCount {
  fileprivate mutating func add(_ other: SourceCount) {
    deliveries += other.deliveries
    proven += other.proven
    wrongTokens += other.wrongTokens
    refused += other.refused
    refusedProven += other.refusedProven
    firstSeen = min(firstSeen, other.firstSeen)
    lastSeen = max(lastSeen, other.lastSeen)
  }
}
