import Daraja
import Foundation

/// The test of the way to Daraja, step by step.
struct ConnectionTest: Sendable {
  let baseURL: String
  let callbackURL: String?
  /// Whether something else than Safaricom plays Daraja.
  let isSimulated: Bool
  /// The settings without which Daraja cannot be asked.
  let missing: [Setting]
  let network: any NetworkProbing
  /// Nil while settings are missing.
  let daraja: (any DarajaProbing)?
  let now: @Sendable () -> Microseconds

  /// Tries one step.
  func perform(_ step: ConnectionStep) async -> StepResult {
    guard let parts = SettingText.address(baseURL), let host = parts.host?.trimmingCharacters(in: ["[", "]"]) else {
      return .failed("\(baseURL) is no address.", "Correct daraja_base_url.")
    }
    let usesTLS = parts.scheme == "https"
    let port = parts.port ?? (usesTLS ? 443 : 80)
    switch step {
    case .dns: return ConnectionVerdict.dns(await network.addresses(of: host), host: host)
    case .tcp: return ConnectionVerdict.tcp(await network.connect(to: host, port: port), host: host, port: port)
    case .tls:
      let end = usesTLS ? await network.certificateEnd(of: host, port: port).map(Optional.some) : .success(nil)
      return ConnectionVerdict.tls(end, host: host, now: now())
    case .token: return await daraja?.tokenVerdict() ?? unasked
    case .clock: return ConnectionVerdict.clock(await network.time(at: baseURL + "/"), now: now())
    case .account: return await daraja?.accountVerdict() ?? unasked
    case .callback: return ConnectionVerdict.callback(callbackURL, isSimulated: isSimulated)
    }
  }

  private var unasked: StepResult {
    .failed(
      "Missing required M-Pesa settings: \(missing.map(\.rawValue).joined(separator: ", ")).",
      "`mpesad init-mpesa-settings` says how to set each.")
  }
}

extension DarajaProbing {
  fileprivate func tokenVerdict() async -> StepResult { ConnectionVerdict.token(await token()) }

  fileprivate func accountVerdict() async -> StepResult { ConnectionVerdict.account(await account()) }
}
