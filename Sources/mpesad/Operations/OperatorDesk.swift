import Gateway
import Reconciliation
import Store

/// What operations are performed with: the parts of the running daemon, or the same parts opened for one command.
struct OperatorDesk: Sendable {
  let store: SQLiteStore
  let asking: any Asking
  let settings: LiveSettings
  let daraja: LiveDaraja
  /// Where shoppers pay.
  let checkout: CheckoutAddresses
  /// Whose callbacks are taken, and who called.
  let gate: CallbackGate
  let audit: Audit
  let timing: Timing
  /// What reads the settings again; only a daemon has it.
  var reloading: Reloading?
  /// What lets people into the console; only a daemon has it.
  var links: ConsoleLinks?
  /// For the test of the way to Daraja, which asks Safaricom and is watched by a person: one at a time.
  let connectionTests = OnePlace()
  /// Where the daemon listens, once it does; only a daemon has it.
  var listening: (@Sendable () async -> ConsoleAddress?)?
  /// Who asks, for the audit trail: a login name of this host, or a user of the console.
  var actor: String
}
