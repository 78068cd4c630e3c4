import Daraja
import Reconciliation

/// Asks Daraja what only its answers tell, with the access token and within the query budget of this process.
struct DarajaProbe: DarajaProbing {
  /// The id of a push that cannot exist: the time in it has a month 00. Nobody can be charged by asking about it.
  static let impossibleID = "ws_CO_00000000000000000000000"
  /// How long the budget is waited for, in microseconds: a little more than two of the sandbox's questions in 12 s each, since every second
  /// one goes to those who wait.
  static let patience: Microseconds = 30_000_000

  let client: DarajaClient
  let questioner: Questioner
  let timing: Timing

  func token() async -> DarajaFailure? {
    do throws(DarajaFailure) {
      try await client.requireToken()
      return nil
    } catch {
      return error
    }
  }

  func account() async -> AccountOutcome {
    if let wait = await questioner.waitForProbe(atMost: Self.patience) { return .later(Moment(timing.now() + wait)) }
    let outcome = await client.query(checkoutRequestID: Self.impossibleID)
    await questioner.probeAnswered()
    return .asked(outcome)
  }
}
