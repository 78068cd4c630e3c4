import Daraja

/// One step of the way to Daraja, tried where the access token and the query budget are. A step at a time, so that whoever waits sees each
/// as it ends.
struct TestConnectionStep: Operation {
  static let name = "connection-test"

  var step: ConnectionStep

  func perform(at desk: OperatorDesk) async throws -> StepResult {
    let settings = desk.settings.current
    let daraja = desk.daraja.client(for: settings)
      .map { DarajaProbe(client: $0, questioner: desk.daraja.questioner, timing: desk.timing) }
    return await ConnectionTest(
      baseURL: settings.darajaBaseURL, callbackURL: settings.source.text(.callbackURL),
      isSimulated: settings.isSimulated, missing: settings.missing, network: NetworkProbe(), daraja: daraja,
      now: desk.timing.now
    ).perform(step)
  }
}
