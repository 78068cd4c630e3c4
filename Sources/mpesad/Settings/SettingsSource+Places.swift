extension SettingsSource {
  /// An error with the places where its settings are set, so that whoever mends them finds them.
  func placed(_ error: SettingsError) -> SettingsError {
    let places = error.settings.compactMap { setting in
      origin(setting).map { "\(setting.rawValue) is set in \(place($0))" }
    }
    return places.isEmpty ? error : .placed(error, places.joined(separator: "; ") + ".")
  }

  private func place(_ origin: Origin) -> String {
    switch origin {
    case .flag: "a flag of the command line"
    case .environment: "the environment"
    case .credential: "systemd's credentials"
    case .file: file ?? "the configuration file"
    case .table: "the settings table"
    }
  }
}
