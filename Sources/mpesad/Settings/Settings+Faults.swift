extension Settings {
  /// What a daemon starts with: a setting of the merchant's that cannot be used is left out, and its fault is kept in the source. While there
  /// is one, nothing is sent and nothing asked; callbacks are received all the same.
  /// - Throws: ``SettingsError`` for what is wrong with the settings of this host.
  init(leavingOutFaultsOf source: SettingsSource) throws {
    var source = source
    while true {
      do {
        self = try Settings(source)
        return
      } catch let error as SettingsError {
        let blamed = error.settings.filter { source.text($0) != nil }
        let told = source.placed(error)
        guard !blamed.isEmpty, blamed.allSatisfy(\.isMerchants) else { throw told }
        for setting in blamed { source = source.leavingOut(setting, because: "\(told)") }
      }
    }
  }
}
