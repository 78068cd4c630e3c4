import Foundation

/// A command that ran to its end, with what it said on each stream.
struct CommandRun {
  let status: Int32
  /// Standard output.
  let data: String
  /// Standard error.
  let messages: String

  init(_ arguments: [String], environment: [String: String] = [:]) async throws {
    let errors = NSTemporaryDirectory() + "mpesad-errors-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: errors) }
    let child = try MpesadProcess(
      arguments, environment: environment, through: ["/bin/sh", "-c", #"exec "$0" "$@" 2> '\#(errors)'"#])
    status = try await child.wait()
    data = child.said
    messages = String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self)
  }

  /// Lines of standard output, each with its cells.
  var cells: [[String]] {
    data.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Standard output as one JSON value.
  func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(data.utf8))
  }
}
