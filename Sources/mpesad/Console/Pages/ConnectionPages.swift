import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The test of the way to Daraja: step by step where there is JavaScript, as one page where there is none.
enum ConnectionPages {
  static let all: [ConsolePage] = [
    .get("/settings/connection", show), .post("/settings/connection", test),
  ]

  private static let busy = OperationError(
    .tryAgain, "Somebody tests the connection already. Try again in a minute.")

  @Sendable private static func show(_ request: ConsoleRequest) async throws -> ConsoleAnswer { page(nil) }

  @Sendable private static func test(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    request.desk.audit.operated(request.desk.actor, "tests the connection to Daraja")
    if request.headers[.accept]?.contains("text/event-stream") == true { return .stream(stream(at: request.desk)) }
    guard request.desk.connectionTests.take() else { throw busy }
    defer { request.desk.connectionTests.leave() }
    var lines: [ConnectionRun.Line] = []
    try await run(at: request.desk).perform { lines.append($0) }
    return page(lines)
  }

  private static func page(_ lines: [ConnectionRun.Line]?) -> ConsoleAnswer {
    .page(
      ConsoleView(
        title: "Test the connection", section: .settings, template: "connection", content: ConnectionView(lines)))
  }

  private static func run(at desk: OperatorDesk) -> ConnectionRun {
    ConnectionRun { try await TestConnectionStep(step: $0).perform(at: desk) }
  }

  /// One event for each step as it ends, and one for the end. Whoever leaves ends the test with the step that is under way.
  private static func stream(at desk: OperatorDesk) -> ResponseBody {
    ResponseBody { writer in
      guard desk.connectionTests.take() else {
        try await writer.write(event("end", [busy.description]))
        return try await writer.finish(nil)
      }
      defer { desk.connectionTests.leave() }
      try await writer.write(ByteBuffer(string: ": begun\n\n"))
      var lines: [ConnectionRun.Line] = []
      for await line in Self.lines(at: desk) {
        lines.append(line)
        try await writer.write(event("step", ConnectionView.Step(line)))
      }
      try await writer.write(event("end", [ConnectionView.summary(lines)]))
      try await writer.finish(nil)
    }
  }

  private static func lines(at desk: OperatorDesk) -> AsyncStream<ConnectionRun.Line> {
    let (lines, line) = AsyncStream<ConnectionRun.Line>.makeStream()
    let task = Task {
      defer { line.finish() }
      do {
        try await run(at: desk).perform {
          line.yield($0)
          try Task.checkCancellation()
        }
      } catch is CancellationError {
        // Whoever watched has left.
      } catch {
        desk.audit.trouble("The test of the connection failed.", error)
      }
    }
    line.onTermination = { _ in task.cancel() }
    return lines
  }

  private static func event(_ name: String, _ value: some Encodable) throws -> ByteBuffer {
    let data = try JSONEncoder().encode(value)
    return ByteBuffer(string: "event: \(name)\ndata: \(String(decoding: data, as: UTF8.self))\n\n")
  }
}
