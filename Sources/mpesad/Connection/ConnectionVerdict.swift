import Daraja
import Foundation

/// What each finding on the way to Daraja means, and what to do about it. Pure.
enum ConnectionVerdict {
  /// What the guide calls every failure on the way.
  static let guideWords = "Failed to connect to M-Pesa API"
  /// The difference between two clocks that is worth a word, in seconds: the password of each request holds the time of this host.
  static let clockTolerance = 60.0
  /// A certificate that ends sooner is worth a word, in days.
  static let certificateDays = 14.0

  static func dns(_ addresses: Result<[String], ProbeFailure>, host: String) -> StepResult {
    switch addresses {
    case .success(let found) where !found.isEmpty: .passed("\(host) is \(found.joined(separator: ", "))")
    case .success:
      .failed("\(guideWords): \(host) has no address.", "Check mpesa_environment, daraja_base_url and this host's DNS.")
    case .failure(let failure):
      .failed(
        "\(guideWords): \(host) cannot be resolved: \(failure.detail).",
        "Check this host's DNS (/etc/resolv.conf) and that it may reach the Internet.")
    }
  }

  static func tcp(_ result: Result<Void, ProbeFailure>, host: String, port: Int) -> StepResult {
    switch result {
    case .success: .passed("\(host):\(port) takes connections")
    case .failure(let failure):
      .failed(
        "\(guideWords): no connection to \(host):\(port): \(failure.detail).",
        "Check the firewall and the route out of this host, and whether Daraja is up.")
    }
  }

  /// - Parameters:
  ///   - expiry: until when the certificate is valid; nil when no TLS is used.
  ///   - now: microseconds since the epoch.
  static func tls(_ expiry: Result<Microseconds?, ProbeFailure>, host: String, now: Microseconds) -> StepResult {
    switch expiry {
    case .success(nil): return .skipped("not used: the address begins with http://")
    case .success(let end?):
      let days = Double(end - now) / 86_400_000_000
      let text = "the certificate of \(host) is trusted, and valid until \(Moment(end).description.prefix(10))"
      return days < certificateDays
        ? .warned(text, "It ends in \(Int(days)) days. If \(host) is not yours, only its owner can renew it.")
        : .passed(text)
    case .failure(let failure):
      return .failed(
        "\(guideWords): no trusted TLS connection to \(host): \(failure.detail).",
        "Update the trust roots (package ca-certificates), check this host's clock, and whether a proxy stands in between."
      )
    }
  }

  static func token(_ failure: DarajaFailure?) -> StepResult {
    guard let failure else { return .passed("Daraja takes consumer key and consumer secret") }
    let what = "\(guideWords): no access token: \(text(of: failure))."
    return switch failure.kind {
    case .credentials, .invalidToken, .invalidRequest:
      .failed(
        what,
        "Check mpesa_consumer_key and mpesa_consumer_secret, and that they are of the app of this mpesa_environment.")
    case .notSubscribed: .failed(what, "Add Lipa na M-Pesa to the app in the Daraja portal.")
    default: .failed(what, "Try again in a few minutes; if it lasts, ask Safaricom whether this address is blocked.")
    }
  }

  /// - Parameter theirs: Daraja's time, microseconds since the epoch; nil when it told none.
  static func clock(_ theirs: Result<Microseconds?, ProbeFailure>, now: Microseconds) -> StepResult {
    switch theirs {
    case .success(nil): return .skipped("Daraja told no time")
    case .success(let time?):
      // A Date header has whole seconds, and some servers keep one for a second.
      let seconds = Double(now - time) / 1_000_000
      guard abs(seconds) > 2 else { return .passed("this host's clock and Daraja's agree") }
      let text =
        "this host's clock is \(abs(seconds).formatted(.number.precision(.fractionLength(0)))) s "
        + (seconds < 0 ? "behind Daraja's" : "ahead of Daraja's")
      return abs(seconds) > clockTolerance
        ? .warned(
          text, "Set it, and have it kept (timedatectl set-ntp true): the password of each request holds the time.")
        : .passed(text)
    case .failure(let failure):
      return .warned("Daraja's time could not be read: \(failure.detail)", "Try again in a few minutes.")
    }
  }

  /// What Daraja said about a push that cannot exist: whether it knows one is asked for, nobody is charged.
  static func account(_ outcome: AccountOutcome) -> StepResult {
    switch outcome {
    case .later(let moment):
      return .failed(
        "Passkey and shortcode were not checked: the query budget is spent until \(moment).", "Try again then.")
    case .asked(.final), .asked(.pending): return .passed("Daraja takes them together")
    case .asked(.noInformation(let failure)), .asked(.permanent(let failure)): return account(failure)
    }
  }

  private static func account(_ failure: DarajaFailure) -> StepResult {
    let said = failure.message.lowercased()
    let what = "\(guideWords): \(text(of: failure))."
    if said.contains("wrong credentials") {
      return .failed(
        what, "mpesa_passkey does not belong to mpesa_business_shortcode, or either has a typing mistake.")
    }
    if said.contains("merchant does not exist") {
      return .failed(what, "Daraja does not know mpesa_business_shortcode in this mpesa_environment.")
    }
    // "The transaction does not Exist": past the password, and nothing there.
    if said.contains("does not exist") || said.contains("being processed") {
      return .passed("Daraja takes them together")
    }
    switch failure.kind {
    case .credentials, .invalidToken:
      return .failed(what, "Check consumer key and secret; no other program may use this app.")
    case .invalidRequest: return .failed(what, "Check \(failure.field ?? "mpesa_business_shortcode").")
    case .notSubscribed: return .failed(what, "Add Lipa na M-Pesa to the app in the Daraja portal.")
    default: return .failed(what, "It says nothing about passkey and shortcode. Try again in a few minutes.")
    }
  }

  /// - Parameter isSimulated: whether something else than Safaricom posts the callbacks.
  static func callback(_ address: String?, isSimulated: Bool) -> StepResult {
    guard let address, let parts = SettingText.address(address) else {
      return .failed("mpesa_callback_url is not set.", "Set it: \(Setting.callbackURL.how).")
    }
    if let warning = CallbackAddress.warning(address) {
      return .warned("its form is valid. \(warning)", "Set the better one with `mpesad set-mpesa-credentials`.")
    }
    if !isSimulated, parts.scheme != "https" {
      return .warned("its form is valid in the sandbox only", "Production takes https only.")
    }
    return .passed("its form is valid. Only a payment shows that it is reachable from outside")
  }

  private static func text(of failure: DarajaFailure) -> String {
    let place = [failure.httpStatus.map { "HTTP \($0)" }, failure.code].compactMap(\.self).joined(separator: " ")
    return [place, failure.message].filter { !$0.isEmpty }.joined(separator: ": ")
  }
}
