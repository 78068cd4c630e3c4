/// A message that Safaricom sends to a callback URL.
public enum CallbackMessage: Hashable, Sendable {
  /// The result of an STK push.
  case stk(STKCallback)
  /// A payment to the shortcode, whichever way it was started.
  case c2b(C2BConfirmation)

  /// Reads the body of a callback.
  ///
  /// Strict JSON is tried first, then JSON with raw control characters inside strings: Safaricom builds C2B bodies from
  /// a template, and a real payment came with a line feed in its BillRefNumber. The Content-Type does not matter.
  /// The caller limits the size.
  ///
  /// - Throws: ``UnreadableCallback`` for everything else, with the reason to show beside the quarantined bytes.
  public static func parse(_ bytes: some Sequence<UInt8>) throws(UnreadableCallback) -> CallbackMessage {
    try CallbackReader.read(bytes)
  }
}
