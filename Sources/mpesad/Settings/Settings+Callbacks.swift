import Gateway

extension Settings {
  /// From where callbacks may come.
  struct Callbacks: Hashable, Sendable {
    /// Nil for ``SafaricomAddresses``.
    var sources: AddressList?
    var policy: CallbackPolicy

    /// What the gate before the callback addresses goes by.
    var rules: CallbackRules { CallbackRules(policy: policy, sources: sources ?? SafaricomAddresses.list) }

    init(_ source: SettingsSource) throws {
      sources = try Self.addresses(source, .callbackSources)
      policy = try source.value(
        .callbackPolicy, default: .log, expected: "off, log or enforce", CallbackPolicy.init(rawValue:))
      // Another list than the merchant's must not turn callbacks away.
      if source.faults[.callbackSources] != nil, policy == .enforce { policy = .log }
    }

    /// A list of addresses; nil where nobody set it.
    static func addresses(_ source: SettingsSource, _ setting: Setting) throws -> AddressList? {
      guard let text = source.text(setting) else { return nil }
      do {
        return try AddressList(parsing: text)
      } catch {
        throw SettingsError.unusable(setting, detail: "\(error)")
      }
    }
  }
}
