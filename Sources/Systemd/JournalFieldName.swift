/// What a field of a journal entry may be called, and what becomes of names that may not: the journal drops fields whose names it does not
/// take (systemd.journal-fields(7), sd_journal_sendv(3)).
public enum JournalFieldName {
  /// The longest name, in bytes.
  public static let maximumBytes = 64

  /// Whether the journal takes it as it is: A to Z, digits and underscores, beginning with a letter. Names that begin with an underscore
  /// are the journal's own.
  public static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first), name.utf8.count <= maximumBytes else { return false }
    return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  /// A name that the journal takes: the same if it is valid; else in capitals, with underscores for what is neither letter nor digit, behind
  /// `FIELD_` if it does not begin with a letter, and cut off at ``maximumBytes``.
  ///
  /// Different names may become the same one; the journal keeps all values of a name.
  public static func valid(_ name: String) -> String {
    guard !isValid(name) else { return name }
    let capitals = name.utf8.map { byte in
      let byte = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
      return isLetter(byte) || isDigit(byte) ? byte : UInt8(ascii: "_")
    }
    let prefix = capitals.first.map(isLetter) ?? false ? "" : "FIELD_"
    return String(decoding: Array((prefix.utf8 + capitals).prefix(maximumBytes)), as: UTF8.self)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
