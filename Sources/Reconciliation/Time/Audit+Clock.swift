import Daraja

extension Audit {
  /// The wall clock was set while the program ran.
  func clockStepped(_ step: WallClock.Step) {
    logger.audit(
      .clockStepped,
      """
      The wall clock was set \(Self.words(step.by)). Waits go on as before; spans across this moment are not believed, and nothing is \
      removed for its age until the clock has run steadily.
      """, [.stepSeconds: "\(step.by / 1_000_000)"])
  }

  /// The wall clock may have been set while the program did not run.
  func clockDoubted(by: Microseconds) {
    logger.audit(
      .clockDoubted,
      """
      Since the last start the wall clock moved \(Self.words(by)) against the time since the machine's start: it was set, or the machine was \
      restarted. Spans across this start are not believed, and nothing is removed for its age until the clock has run steadily.
      """, [.stepSeconds: "\(by / 1_000_000)"])
  }

  private static func words(_ by: Microseconds) -> String {
    "\(abs(by / 1_000_000)) s \(by < 0 ? "back" : "forward")"
  }
}
