/// A JSON document as it was written.
///
/// Numbers stay the text that they are in the document, so that an amount never becomes a floating point number and
/// `0.0` is not `0`. Objects keep their members in order and keep duplicates, so that a message that says two things at
/// once can be recognised.
public enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as its literal.
  case number(String)
  /// A string, with its escapes resolved.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object: its members in order, duplicates included.
  case object([Member])

  /// One member of an object.
  public struct Member: Hashable, Sendable {
    /// The member's name.
    public var name: String
    /// The member's value.
    public var value: JSONValue

    /// A member of an object.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// The first member of this name; `nil` if there is none, or if this is not an object.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string, or the literal of a number; `nil` for everything else.
  public var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .null, .bool, .array, .object: nil
    }
  }

  /// Reads one JSON document (RFC 8259) that fills `bytes`, white space around it and a byte order mark before
  /// it aside.
  ///
  /// Invalid UTF-8, lone surrogates, more than ``JSONError/maximumDepth`` levels and anything behind the document are
  /// errors. The caller limits the size. Takes time in proportion to the number of bytes.
  ///
  /// - Parameters:
  ///   - bytes: The document.
  ///   - allowingRawControlCharacters: Whether unescaped U+0000 to U+001F inside strings are taken as they are.
  /// - Throws: ``JSONError`` with the position of the first byte that does not fit.
  public static func parse(
    _ bytes: some Sequence<UInt8>, allowingRawControlCharacters: Bool = false
  ) throws(JSONError) -> JSONValue {
    let inPlace = bytes.withContiguousStorageIfAvailable { buffer in
      JSONReader.read(buffer, allowingRawControlCharacters: allowingRawControlCharacters)
    }
    if let inPlace { return try inPlace.get() }
    return try Array(bytes).withUnsafeBufferPointer { buffer in
      JSONReader.read(buffer, allowingRawControlCharacters: allowingRawControlCharacters)
    }.get()
  }
}

/// Why bytes are not one JSON document, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// How many arrays and objects may be inside one another. Daraja's messages have five levels.
  public static let maximumDepth = 64

  /// What is wrong.
  public enum Problem: String, Hashable, Sendable, CaseIterable {
    /// There is nothing but white space.
    case empty = "nothing to read"
    /// The document ends too early.
    case endOfInput = "the text ends too early"
    /// A byte that cannot stand here.
    case unexpectedByte = "a byte that does not belong here"
    /// A control character inside a string that is not escaped.
    case rawControlCharacter = "a raw control character inside a string"
    /// A number that breaks the grammar.
    case number = "a malformed number"
    /// An escape that does not exist, or half of a surrogate pair.
    case escape = "a malformed escape"
    /// Bytes that are not UTF-8.
    case encoding = "bytes that are not UTF-8"
    /// Too many levels.
    case depth = "more than 64 levels"
    /// Something follows behind the document.
    case trailing = "more text behind the end"
  }

  /// What is wrong.
  public let problem: Problem
  /// The position of the first byte that does not fit, from 0. For ``Problem/encoding`` the start of the string.
  public let offset: Int

  /// An error at this position.
  public init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  /// What is wrong, and where; never the text itself.
  public var description: String { "\(problem.rawValue) at byte \(offset)" }
}
