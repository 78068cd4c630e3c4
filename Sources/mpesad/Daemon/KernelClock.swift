import CTimex

/// What the kernel says of its clock.
enum KernelClock {
  /// Whether a time service keeps it right; nil where this process may not ask.
  static var isKept: Bool? {
    var state = timex()
    let answer = adjtimex(&state)
    guard answer >= 0 else { return nil }
    return answer != TIME_ERROR && state.status & STA_UNSYNC == 0
  }
}
