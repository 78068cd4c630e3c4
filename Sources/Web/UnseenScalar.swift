extension Unicode.Scalar {
  /// What stands for an unseen scalar where text is shown.
  public static let standIn: Unicode.Scalar = "\u{FFFD}"

  /// Whether nobody can see it although it may change how the text around it is read: controls, and what turns the direction of writing or
  /// has no width. With it a name could pass for another, an amount be read backwards, or a terminal be told what to do.
  ///
  /// White space is no such thing, and joiners are not: some letters and many emoji are made of them.
  public var isUnseen: Bool {
    switch self {
    case "\t", "\n", "\r", "\u{200C}", "\u{200D}": false
    default: [.control, .format].contains(properties.generalCategory)
    }
  }
}
