import Crypto
import Daraja
import Synchronization

/// One-time proofs that let somebody into the console. They live in memory only, as hashes: a restart forgets them.
final class ConsoleLinks: Sendable {
  /// How long one can be used, in microseconds: long enough to send it to a colleague.
  static let lifetime: Microseconds = 10 * 60 * 1_000_000
  /// How many can be open; the oldest leaves for the newest.
  static let capacity = 100

  private struct Link {
    var hash: SHA256Digest
    var user: String
    var role: ConsoleRole
    var madeAt: Microseconds
  }

  private let links = Mutex<[Link]>([])
  private let random: @Sendable () -> String

  /// - Parameter random: makes unguessable texts.
  init(random: @escaping @Sendable () -> String = { RandomText.make() }) { self.random = random }

  /// A new one.
  /// - Returns: its secret, which is kept nowhere.
  func make(for user: String, role: ConsoleRole, at now: Microseconds) -> String {
    let secret = random()
    let link = Link(hash: Self.hash(secret), user: user, role: role, madeAt: now)
    links.withLock { links in
      links.removeAll { $0.madeAt + Self.lifetime <= now }
      if links.count >= Self.capacity { links.removeFirst() }
      links.append(link)
    }
    return secret
  }

  /// Uses one up.
  /// - Returns: whom it lets in; nil when there is none, or no longer.
  func use(_ secret: String, at now: Microseconds) -> (user: String, role: ConsoleRole)? {
    let hash = Self.hash(secret)
    return links.withLock { links in
      guard let index = links.firstIndex(where: { $0.hash == hash }) else { return nil }
      let link = links.remove(at: index)
      return now < link.madeAt + Self.lifetime ? (link.user, link.role) : nil
    }
  }

  private static func hash(_ secret: String) -> SHA256Digest { SHA256.hash(data: Array(secret.utf8)) }
}
