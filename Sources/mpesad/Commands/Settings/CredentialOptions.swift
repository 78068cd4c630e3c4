import ArgumentParser
import Foundation

/// Values for the merchant's settings, as options.
struct CredentialOptions: ParsableArguments {
  @Option(name: .long, help: "The app's consumer key. Others can read arguments; better --consumer-key-file.")
  var consumerKey: String?

  @Option(
    name: .long, help: "A file that holds the consumer key; - for standard input.",
    transform: AbsolutePath.argumentOrInput)
  var consumerKeyFile: String?

  @Option(name: .long, help: "The app's consumer secret. Others can read arguments; better --consumer-secret-file.")
  var consumerSecret: String?

  @Option(
    name: .long, help: "A file that holds the consumer secret; - for standard input.",
    transform: AbsolutePath.argumentOrInput)
  var consumerSecretFile: String?

  @Option(name: .long, help: "The paybill, or for a till its store number: 5 to 7 digits.")
  var businessShortcode: String?

  @Option(name: .long, help: "The shortcode's passkey. Others can read arguments; better --passkey-file.")
  var passkey: String?

  @Option(
    name: .long, help: "A file that holds the passkey; - for standard input.",
    transform: AbsolutePath.argumentOrInput)
  var passkeyFile: String?

  @Option(name: .long, help: "sandbox or production.")
  var environment: String?

  @Option(name: .long, help: "The public address to which Safaricom posts results.")
  var callbackURL: String?

  @Option(name: .long, help: "CustomerPayBillOnline or CustomerBuyGoodsOnline.")
  var transactionType: String?

  @Option(name: .long, help: "The till that is paid, for CustomerBuyGoodsOnline.")
  var tillNumber: String?

  @Option(
    name: .long, help: "A file that holds the signing secret of webhooks; - for standard input.",
    transform: AbsolutePath.argumentOrInput)
  var webhookSecretFile: String?

  @Option(
    name: .customLong("setting"),
    help: "Any other of the merchant's settings that is no secret: NAME=VALUE. Repeatable.")
  var assignments: [String] = []

  @Option(name: .long, help: "Remove one of the merchant's settings from the table: NAME. Repeatable.")
  var unset: [String] = []

  /// The longest secret taken, in bytes. The longest there is, two signing secrets, have 190.
  static let maximumSecretBytes = 4_096

  func validate() throws {
    let files = [consumerKeyFile, consumerSecretFile, passkeyFile, webhookSecretFile]
    guard files.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Only one secret can come from standard input.")
    }
    for (option, file, name) in [
      (consumerKey, consumerKeyFile, "consumer-key"), (consumerSecret, consumerSecretFile, "consumer-secret"),
      (passkey, passkeyFile, "passkey"),
    ] where option != nil && file != nil {
      throw ValidationError("Give --\(name) or --\(name)-file, not both.")
    }
    for assignment in assignments {
      let name = String(assignment.prefix { $0 != "=" })
      guard let setting = Setting(rawValue: name), setting.isMerchants, assignment.contains("=") else {
        throw ValidationError("--setting takes NAME=VALUE with one of the merchant's settings (mpesa_...).")
      }
      guard !setting.isSecret else {
        throw ValidationError("--setting is not for secrets: every user of this machine can read arguments.")
      }
    }
    for name in unset where Setting(rawValue: name)?.isMerchants != true {
      throw ValidationError("--unset takes the name of one of the merchant's settings (mpesa_...).")
    }
  }

  /// What is to be changed, by name; an empty text removes.
  func changes() throws -> [String: String] {
    var changes: [Setting: String] = [:]
    for (setting, value, file) in [
      (Setting.consumerKey, consumerKey, consumerKeyFile), (.consumerSecret, consumerSecret, consumerSecretFile),
      (.passkey, passkey, passkeyFile), (.webhookSecret, nil, webhookSecretFile),
    ] {
      if let file { changes[setting] = try Self.secret(in: file, for: setting) }
      guard let value else { continue }
      changes[setting] = try Self.given(value, setting)
      Terminal.tell(
        "Warning: \(setting.rawValue) stood in the arguments, which every user of this machine can read, and the shell may keep them. "
          + "Better give a file, or - for standard input.")
    }
    for (setting, value) in [
      (Setting.businessShortcode, businessShortcode), (.environment, environment), (.callbackURL, callbackURL),
      (.transactionType, transactionType), (.tillNumber, tillNumber),
    ] {
      if let value { changes[setting] = try Self.given(value, setting) }
    }
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let setting = Setting(rawValue: String(parts[0])) else { continue }
      changes[setting] = try Self.given(String(parts[1]), setting)
    }
    for name in unset {
      guard let setting = Setting(rawValue: name) else { continue }
      guard changes[setting] == nil else {
        throw OperationError(.invalid, "\(name) cannot be set and removed at once. Nothing was stored.")
      }
      changes[setting] = ""
    }
    return Dictionary(uniqueKeysWithValues: changes.map { ($0.key.rawValue, $0.value) })
  }

  /// An empty value is a slip, such as an unset variable in a script, and must not remove what is there.
  private static func given(_ value: String, _ setting: Setting) throws -> String {
    let text = value.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else {
      throw OperationError(
        .invalid,
        "The value for \(setting.rawValue) is empty. --unset \(setting.rawValue) removes it. Nothing was stored.")
    }
    return text
  }

  private static func secret(in file: String, for setting: Setting) throws -> String {
    let bytes: Data?
    do {
      let handle = file == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      bytes = try handle.read(upToCount: maximumSecretBytes + 1)
    } catch {
      throw OperationError(
        .invalid,
        "The file \(file) for \(setting.rawValue) cannot be read: \(error.localizedDescription) Nothing was stored.")
    }
    guard let bytes, bytes.count <= maximumSecretBytes, let text = String(data: bytes, encoding: .utf8) else {
      throw OperationError(
        .invalid,
        "\(file) for \(setting.rawValue) holds no text of 1 to \(maximumSecretBytes) bytes. Nothing was stored.")
    }
    return try given(text, setting)
  }
}
