import ArgumentParser
import Foundation

/// How a command gives its answer: a table on a terminal, lines of cells with tabs between them on a pipe, or JSON.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Print one JSON value instead of a table.")
  var json = false

  /// Who reads standard output.
  enum Reader { case person, program }

  /// Prints an answer.
  /// - Parameters:
  ///   - answer: what `--json` prints, with its names in snake_case.
  ///   - table: the same for programs that like lines, and for people.
  ///   - empty: what people are told where the table has no rows; on standard error, since it is no data.
  ///   - page: for people instead of the table, where a table does not tell it well.
  func show(
    _ answer: some Encodable, as table: TextTable, empty: String? = nil,
    to reader: Reader = isatty(STDOUT_FILENO) == 1 ? .person : .program, page: ((Paint) -> String)? = nil
  ) throws {
    guard !json else { return try Terminal.say(Self.json(answer)) }
    if table.isEmpty, let empty { Terminal.tell(empty) }
    switch reader {
    case .program: try Terminal.say(table.tabSeparated.joined(separator: "\n"))
    case .person where table.isEmpty && empty != nil: return
    case .person:
      let paint = Paint(for: STDOUT_FILENO, environment: ProcessInfo.processInfo.environment)
      try Terminal.say(page?(paint) ?? Self.painted(table.lines, paint))
    }
  }

  private static func painted(_ lines: [String], _ paint: Paint) -> String {
    lines.enumerated().map { $0 == 0 ? paint(.dim, $1) : $1 }.joined(separator: "\n")
  }

  /// A value as JSON: names in snake_case and sorted, so that two answers can be compared by eye and by `diff`.
  static func json(_ answer: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(answer), as: UTF8.self)
  }
}
