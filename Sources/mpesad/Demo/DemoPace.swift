import DarajaSimulator

/// How fast the demo lives: every wait of Safaricom, of the shoppers and of the daemon is multiplied by it. Nothing is left out.
struct DemoPace: Sendable {
  /// Twenty times as fast as life: the whole demo takes about 17 s.
  static let standard = 0.05
  /// Below the lower end this machine's own delays are larger than the waits that are played; above 1 it would be slower than life.
  static let range = 0.02...1.0

  /// When the daemon asks, in seconds of life after the push. Later offsets of the standard schedule, up to 48 h, are left out, so that a
  /// payment nobody can answer for reaches a person's hands within the demo. Three of them are spare: a question that waits for the budget
  /// skips the offsets that pass meanwhile.
  static let querySchedule = [30.0, 60, 120, 180, 240, 300]
  /// One question in 12 s, which is what the sandbox allows (spike-arrest faults captured in 2025).
  static let queryInterval = 12.0
  /// How long the daemon rests after Safaricom refused to answer.
  static let breakerRest = 30.0
  /// How long a prompt counts as live.
  static let promptLifetime = 120.0
  /// Between one shopper and the next.
  static let arrival = 2.0
  /// Between one look at the status and the next.
  static let look = 2.0
  /// A shopper still waiting after this will not be served: the schedule ends at 300 s, and jitter adds 6 s at most.
  static let patience = 420.0
  /// Seconds of this machine's time on top of ``patience``, for what does not scale: its own work.
  static let machineAllowance = 10.0

  let factor: Double

  /// Real time for a span of life, in seconds.
  func real(_ seconds: Double) -> Duration { .seconds(seconds * factor) }

  /// How long one story may take, in real time.
  var deadline: Duration { real(Self.patience) + .seconds(Self.machineAllowance) }

  /// Seconds of life for a span of real time.
  func life(_ duration: Duration) -> Double { duration.inSeconds / factor }

  /// The daemon's settings for a simulator at `daraja`.
  ///
  /// They go the way of all settings, as text through the same checks.
  /// - Parameter others: settings that are wanted besides, or otherwise than here.
  func settings(
    simulator: SimulatorConfiguration, daraja: String, port: Int, state: String, others: [Setting: String] = [:]
  ) async throws -> Settings {
    let base = "http://127.0.0.1:\(port)"
    let flags: [Setting: String] = [
      .listen: "127.0.0.1:\(port)", .stateDirectory: state, .darajaBaseURL: daraja,
      .consumerKey: simulator.consumerKey, .consumerSecret: simulator.consumerSecret,
      .businessShortcode: simulator.shortcode, .passkey: simulator.passkey,
      .callbackURL: base + "/api/payments/callbacks",
      .querySchedule: Self.querySchedule.map { "\($0 * factor)" }.joined(separator: ", "),
      .queryInterval: "\(Self.queryInterval * factor)", .breakerRest: "\(Self.breakerRest * factor)",
      .promptLifetime: "\(Self.promptLifetime * factor)",
      // The simulator has none of Safaricom's addresses.
      .callbackPolicy: "off",
      .merchantName: "Demo Shop", .console: "open",
    ]
    // Without the environment: a merchant's own settings have no part in the demo.
    return try Settings(try await SettingsSource(file: nil, environment: [:], flags: flags.merging(others) { $1 }))
  }
}

extension Duration {
  /// As seconds, for showing and scaling.
  var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
