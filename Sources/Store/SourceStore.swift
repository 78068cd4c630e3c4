public import Daraja

/// What one address did at the callback addresses, counted up.
public struct SourceCount: Hashable, Sendable {
  /// Stands for the addresses that are no longer told apart.
  public static let others = "others"

  /// The address without a port, `local`, `unknown`, or ``others``.
  public var address: String
  /// Everything that was posted, whatever became of it.
  public var deliveries: Int
  /// Of these, how many came to a transaction's own address: with a valid token.
  public var proven: Int
  /// How many came with a token that is none.
  public var wrongTokens: Int
  /// How many were refused, and not stored.
  public var refused: Int
  /// How many of those had a valid token.
  public var refusedProven: Int
  /// The first and the last of them.
  public var firstSeen: Microseconds
  public var lastSeen: Microseconds

  /// The counts of an address; none of anything unless said.
  public init(
    address: String, deliveries: Int = 0, proven: Int = 0, wrongTokens: Int = 0, refused: Int = 0,
    refusedProven: Int = 0, firstSeen: Microseconds, lastSeen: Microseconds
  ) {
    self.address = address
    self.deliveries = deliveries
    self.proven = proven
    self.wrongTokens = wrongTokens
    self.refused = refused
    self.refusedProven = refusedProven
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
  }
}

/// Who called at the callback addresses, by address.
public protocol SourceStore: Sendable {
  /// Adds to what is counted. Where that would be more than ``sourceCapacity`` addresses, those that never proved anything and were not
  /// seen for the longest are counted together as ``SourceCount/others`` from then on: strangers can invent addresses, and only Safaricom
  /// knows tokens.
  func add(_ counts: [SourceCount]) async throws

  /// All that is counted, the addresses that proved something first, then the last seen.
  func sources() async throws -> [SourceCount]
}

extension SourceStore {
  /// How many addresses are told apart. Safaricom has 14; the rest is room for an installation's own machines, and to see who tries what.
  public static var sourceCapacity: Int { 1_000 }
}
