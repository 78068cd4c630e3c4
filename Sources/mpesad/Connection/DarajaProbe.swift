import Daraja
import Reconciliation

/// Asks Daraja what only its answers tell, with the access token and within the query budget of this process.
struct DarajaProbe: DarajaProbing {
  /// The id of a push that cannot exist: the time in it has a month 00. Nobody can be charged by asking about it.
  static let impossibleID = "ws_CO_00000000000000000000000"
  /// How long the budget is waited for, in microseconds: a little more than the sandbox's one question in 12 s.
  static let patience: Microseconds = 15_000_000

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
    let end = timing.now() + Self.patience
    while let later = await questioner.takeProbe() {
      guard later <= end, (try? await timing.sleep(.microseconds(max(later - timing.now(), 1_000)))) != nil else {
        return .later(Moment(later))
      }
    }
    let outcome = await client.query(checkoutRequestID: Self.impossibleID)
    await questioner.probeAnswered()
    return .asked(outcome)
  }
}
