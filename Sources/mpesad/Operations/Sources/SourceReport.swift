import Gateway
import Store

/// Who called at the callback addresses, how often, and whether the list of addresses holds them.
struct SourceReport: Codable, Hashable, Sendable {
  /// One address.
  struct Source: Codable, Hashable, Sendable {
    /// What the address is taken for.
    enum Verdict: String, Codable, Sendable, CaseIterable {
      /// It delivered what only Safaricom knows, and is on the list.
      case authentic
      /// It delivered what only Safaricom knows, and is not on the list: a new address, or something that stands in between.
      case unlisted
      /// It proved nothing, and made tokens up.
      case forging
      /// It proved nothing, and is not on the list.
      case stranger
      /// It is on the list, and proved nothing yet.
      case listed
      /// Addresses that are no longer told apart.
      case others
    }

    /// Without a port; `local` for a Unix socket, `others` for addresses that are no longer told apart.
    var address: String
    /// Whether it is on the list now; nil for `others`.
    var listed: Bool?
    /// The entry of the list that holds it; nil where none does.
    var network: String?
    var verdict: Verdict
    /// All that it posted; of these:
    var deliveries: Int
    var withToken: Int
    var wrongToken: Int
    var refused: Int
    var refusedWithToken: Int
    var firstSeen: Moment
    var lastSeen: Moment
  }

  /// `off`, `log` or `enforce`.
  var policy: String
  /// The list in force.
  var list: [String]
  /// Where the list comes from: `mpesa_callback_sources`, or the date and the source of the built-in one.
  var listOrigin: String
  var sources: [Source]
  /// What an operator should do about it, in sentences.
  var advice: [String]

  init(_ counts: [SourceCount], under rules: CallbackRules) {
    policy = rules.policy.rawValue
    list = rules.sources.entries
    listOrigin =
      rules.sources == SafaricomAddresses.list
      ? "built in: \(SafaricomAddresses.source); compared on \(SafaricomAddresses.date)" : "mpesa_callback_sources"
    let networks = rules.sources.ranges.map { (name: $0.description, list: AddressList([$0])) }
    sources = counts.map { count in
      let client = ClientAddress(text: count.address)
      let isOthers = count.address == SourceCount.others
      let listed = isOthers ? nil : rules.sources.contains(client)
      return Source(
        address: count.address, listed: listed,
        network: listed == true
          ? networks.first { $0.list.contains(client) }?.name ?? AddressList.localEntry : nil,
        verdict: Self.verdict(on: count, listed: listed), deliveries: count.deliveries, withToken: count.proven,
        wrongToken: count.wrongTokens, refused: count.refused, refusedWithToken: count.refusedProven,
        firstSeen: Moment(count.firstSeen), lastSeen: Moment(count.lastSeen))
    }
    advice = sources.compactMap { Self.advice(about: $0, under: rules.policy) }
  }

  private static func verdict(on count: SourceCount, listed: Bool?) -> Source.Verdict {
    guard let listed else { return .others }
    if count.proven > 0 { return listed ? .authentic : .unlisted }
    if count.wrongTokens > 0 { return .forging }
    return listed ? .listed : .stranger
  }

  /// Only Safaricom knows a payment's token. Who delivers one and is not on the list is Safaricom at a new address, or stands between it
  /// and us.
  private static func advice(about source: Source, under policy: CallbackPolicy) -> String? {
    guard source.listed == false, source.withToken > 0 else { return nil }
    let refused = source.refusedWithToken > 0 ? ", of which \(source.refusedWithToken) were refused" : ""
    let before = policy == .enforce ? "" : " before enforcing"
    return
      "\(source.address) is not on the list and delivered \(source.withToken) with valid tokens\(refused): Safaricom may have a new "
      + "address. Add it to mpesa_callback_sources\(before); if it is your own proxy, name it in trusted_proxies."
  }

  /// What stands over the table, for people.
  var heading: [String] {
    ["Policy: \(policy) (mpesa_callback_policy)", "List: \(list.joined(separator: ", "))", "  \(listOrigin)"]
  }

  var table: TextTable {
    var table = TextTable(header: [
      "address", "listed", "deliveries", "with token", "wrong token", "refused", "first seen", "last seen",
    ])
    for source in sources {
      table.add([
        source.address, source.listed.map { $0 ? "yes" : "no" } ?? "", String(source.deliveries),
        String(source.withToken), String(source.wrongToken), String(source.refused), source.firstSeen.description,
        source.lastSeen.description,
      ])
    }
    for column in 2...5 { table.alignRight(column: column) }
    return table
  }
}
