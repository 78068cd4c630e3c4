import Foundation

/// Answers the simulator's own endpoints. JSON in and out; an error has a stable `code`, a sentence and, where one is
/// at fault, a field.
///
/// - `GET /simulator`: pace, seed, shortcode, number of live prompts.
/// - `GET /simulator/stories`: every story with its sample number.
/// - `GET /simulator/customers`, `PUT /simulator/customers/{phone}` `{"story":"cancels"}`, `DELETE
///   /simulator/customers/{phone}`.
/// - `GET /simulator/events?after=SEQUENCE`: what happened since.
struct ControlDesk: Sendable {
  var sandbox: Sandbox
  var configuration: SimulatorConfiguration
  var seed: UInt64

  func answer(_ route: ControlRoute, query: [String: String], body: [UInt8]) async -> WireAnswer {
    do {
      switch route {
      case .status:
        return try json(
          Status(
            shortcode: configuration.shortcode, pace: configuration.pace, seed: String(seed),
            livePrompts: await sandbox.livePrompts))
      case .stories: return try json(["stories": Story.allCases.map(StoryEntry.init)])
      case .events: return try await events(after: query["after"])
      case .customers:
        let programmed = await sandbox.programmed.sorted { $0.key < $1.key }
        return try json(["customers": programmed.map { Customer(phone: $0.key, story: $0.value) }])
      case .program(let phone): return try await program(phone, body)
      case .forget(let phone):
        try await sandbox.forget(phone)
        return try json(Customer(phone: phone, story: Story.of(phone: phone)))
      }
    } catch let error as SimulatorError {
      return Self.error(of: error)
    } catch let error as ControlError {
      return error.answer
    } catch {
      return ControlError(status: 500, code: "internal", message: "The answer could not be written as JSON.").answer
    }
  }

  private func program(_ phone: String, _ body: [UInt8]) async throws -> WireAnswer {
    guard let members = JSONValue.object(in: body) else {
      throw ControlError(status: 400, code: "invalid_json", message: #"Send an object such as {"story":"cancels"}."#)
    }
    guard let name = members["story"]?.text else {
      throw ControlError(
        status: 422, code: "missing_story", message: "Name a story; GET /simulator/stories lists them.", field: "story")
    }
    guard let story = Story(rawValue: name) else {
      throw ControlError(
        status: 422, code: "unknown_story", message: "No such story; GET /simulator/stories lists them.", field: "story"
      )
    }
    try await sandbox.program(phone, story)
    return try json(Customer(phone: phone, story: story))
  }

  private func events(after text: String?) async throws -> WireAnswer {
    let after: Int
    if let text {
      guard WireRules.isDigits(text), let number = Int(text) else {
        throw ControlError(
          status: 400, code: "invalid_after", message: "'after' must be the sequence number of an event.",
          field: "after")
      }
      after = number
    } else {
      after = 0
    }
    let events = await sandbox.events.filter { $0.sequence > after }
    return try json(Events(events: events, dropped: await sandbox.droppedEvents))
  }

  private func json(_ value: some Encodable) throws -> WireAnswer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = String(decoding: try encoder.encode(value), as: UTF8.self)
    return WireAnswer(status: 200, contentType: "application/json", body: body)
  }

  private static func error(of error: SimulatorError) -> WireAnswer {
    switch error {
    case .invalidPhone:
      ControlError(status: 422, code: "invalid_phone", message: error.description, field: "phone").answer
    case .tooManyCustomers:
      ControlError(status: 409, code: "too_many_customers", message: error.description).answer
    case .invalidConfiguration, .alreadyRun, .stopped, .noSuchEvent:
      ControlError(status: 503, code: "stopped", message: error.description).answer
    }
  }

  private struct Status: Encodable {
    var shortcode: String
    var pace: Double
    /// Text, because a JSON number of this size loses digits in most readers.
    var seed: String
    var livePrompts: Int
  }

  private struct StoryEntry: Encodable {
    var story: Story
    var phone: String
    var summary: String
    var customerPaid: Bool

    init(_ story: Story) {
      self.story = story
      phone = story.phone
      summary = story.summary
      customerPaid = story.customerPaid
    }
  }

  private struct Customer: Encodable {
    var phone: String
    var story: Story
  }

  private struct Events: Encodable {
    var events: [SimulatorEvent]
    var dropped: Int
  }
}

/// An error of the control endpoints.
struct ControlError: Error {
  var status: Int
  var code: String
  var message: String
  var field: String?

  var answer: WireAnswer {
    let members: [(String, JSONText)] = [("code", .string(code)), ("message", .string(message))]
    return .json(.object(members + (field.map { [("field", .string($0))] } ?? [])), status: status)
  }

  static let tooLarge = ControlError(
    status: 413, code: "too_large", message: "A body may have \(SimulatorLimits.requestBodyBytes) bytes.")
  static let notFound = ControlError(
    status: 404, code: "not_found", message: "There is stories, events and customers/{phone} under /simulator.")
  static let method = ControlError(
    status: 405, code: "method_not_allowed", message: "Use GET to read, PUT and DELETE on customers/{phone}.")
}
