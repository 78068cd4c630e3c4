extension Settings {
  /// How much one caller may ask for, in requests a minute; nil for no limit.
  struct RateLimits: Hashable, Sendable {
    /// Pushes and questions of one user. A shop's backend may be one user for all its shoppers.
    var user: Int?
    /// Prompts to one phone: a person answers one in half a minute at best.
    var phone: Int?
    /// Pushes and questions from one address, behind which there may be a whole shop.
    var address: Int?
    /// Deliveries that prove nothing, from one address that is not on the list.
    var callback: Int?

    init(_ source: SettingsSource) throws {
      user = try Self.read(source, .rateLimitUser, 120)
      phone = try Self.read(source, .rateLimitPhone, 5)
      address = try Self.read(source, .rateLimitAddress, 600)
      callback = try Self.read(source, .rateLimitCallback, 60)
    }

    private static func read(_ source: SettingsSource, _ setting: Setting, _ standard: Int) throws -> Int? {
      let limit = try source.value(
        setting, default: standard, expected: "a number up to \(Limit.perMinute), or 0 for no limit"
      ) { SettingText.number($0, in: 0...Limit.perMinute) }
      return limit == 0 ? nil : limit
    }
  }
}
