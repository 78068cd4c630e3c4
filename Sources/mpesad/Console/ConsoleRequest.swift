import Hummingbird

/// What somebody who is signed in asks of the console.
struct ConsoleRequest: Sendable {
  /// The longest body of a form, in bytes: a selection of 500 rows, or a long reason, with room to spare.
  static let formLimit = 64 << 10

  /// Who asks.
  let session: ConsoleSession
  /// The parts of the daemon, with the one who asks as the actor.
  let desk: OperatorDesk
  /// The path's values by the names in the page's path.
  let parameters: [String: String]
  /// What stands behind the question mark, undecoded.
  let query: String
  /// The form's fields, undecoded; empty for GET.
  let body: String
  /// What the browser sent along.
  let headers: HTTPFields

  /// The query's values. What is not in `Values` is ignored: browsers and people add things to addresses.
  /// - Throws: ``OperationError`` of kind `invalid`.
  func query<Values: Decodable>(as type: Values.Type) throws -> Values {
    try decoded(query, as: type, what: "The address")
  }

  /// The form's values.
  /// - Throws: ``OperationError`` of kind `invalid`.
  func form<Values: Decodable>(as type: Values.Type) throws -> Values {
    try decoded(body, as: type, what: "The form")
  }

  /// The positive number that the path names.
  /// - Throws: ``OperationError`` of kind `notFound`: an address with another text names nothing.
  func number(_ name: String) throws -> Int64 {
    guard let text = parameters[name], text.utf8.count <= 19, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int64(text), number > 0
    else { throw OperationError(.notFound, "There is no such page.") }
    return number
  }

  private func decoded<Values: Decodable>(_ text: String, as type: Values.Type, what: String) throws -> Values {
    do {
      return try URLEncodedFormDecoder().decode(type, from: text)
    } catch {
      throw OperationError(.invalid, "\(what) holds something that cannot be read. Go back and try again.")
    }
  }
}
