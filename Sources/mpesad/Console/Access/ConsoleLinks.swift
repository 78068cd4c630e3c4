import Crypto
import Daraja
import Synchronization

/// One-time proofs that let somebody into the console. They live in memory only, as hashes: a restart forgets them.
final class ConsoleLinks: Sendable {
  /// How long one can be used, in microseconds: long enough to send it to a colleague.
  static let lifetime: Microseconds = 10 * 60 * 1_000_000
  /// How long it is known afterwards that there was one, in microseconds, so that whoever comes late is told what happened.
  static let memory: Microseconds = 24 * 3_600 * 1_000_000
  /// How many are known; the oldest leaves for the newest.
  static let capacity = 100

  /// What came of trying one.
  enum Use: Hashable, Sendable {
    case letsIn(user: String, role: ConsoleRole)
    /// It let somebody in before.
    case usedBefore(user: String)
    case expired(user: String)
    case unknown
  }

  private struct Link {
    var hash: SHA256Digest
    var user: String
    var role: ConsoleRole
    var madeAt: Uptime
    var isUsed = false
  }

  private let links = Mutex<[Link]>([])
  private let random: @Sendable () -> String

  /// - Parameter random: makes unguessable texts.
  init(random: @escaping @Sendable () -> String = { RandomText.make() }) { self.random = random }

  /// A new one.
  /// - Returns: its secret, which is kept nowhere.
  func make(for user: String, role: ConsoleRole, at now: Uptime) -> String {
    let secret = random()
    let link = Link(hash: Self.hash(secret), user: user, role: role, madeAt: now)
    links.withLock { links in
      links.removeAll { $0.madeAt + Self.memory <= now }
      if links.count >= Self.capacity { links.removeFirst() }
      links.append(link)
    }
    return secret
  }

  /// Uses one up.
  func use(_ secret: String, at now: Uptime) -> Use {
    let hash = Self.hash(secret)
    return links.withLock { links in
      guard let index = links.firstIndex(where: { $0.hash == hash }) else { return .unknown }
      let link = links[index]
      if link.isUsed { return .usedBefore(user: link.user) }
      guard now < link.madeAt + Self.lifetime else { return .expired(user: link.user) }
      links[index].isUsed = true
      return .letsIn(user: link.user, role: link.role)
    }
  }

  private static func hash(_ secret: String) -> SHA256Digest { SHA256.hash(data: Array(secret.utf8)) }
}
