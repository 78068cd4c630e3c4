/// What can go wrong in using a ``DarajaSimulator``. The texts hold no secret and no phone number.
public enum SimulatorError: Error, Equatable, CustomStringConvertible {
  /// A setting cannot work; nothing was started.
  case invalidConfiguration(setting: String, reason: String)
  /// A phone number is not 12 digits beginning with 2547 or 2541.
  case invalidPhone
  /// ``SimulatorLimits/programmedCustomers`` phone numbers are programmed already.
  case tooManyCustomers
  /// ``DarajaSimulator/run()`` was called a second time.
  case alreadyRun
  /// The simulator is not listening any more, or stopped before it did.
  case stopped
  /// No event of the awaited kind came in time.
  case noSuchEvent(within: Duration)

  /// One sentence on what happened and what to do.
  public var description: String {
    switch self {
    case .invalidConfiguration(let setting, let reason): "Simulator setting '\(setting)' \(reason)."
    case .invalidPhone: "The phone number must be 12 digits beginning with 2547 or 2541."
    case .tooManyCustomers:
      "\(SimulatorLimits.programmedCustomers) phone numbers are programmed already; remove some first."
    case .alreadyRun: "This simulator was run before; make a new one to run again."
    case .stopped: "The simulator has stopped; see what run() threw, then make a new one."
    case .noSuchEvent(let time): "No such event within \(time); look at `events` for what happened instead."
    }
  }
}
