import HTTPTypes
import Hummingbird

/// What the console answers.
enum ConsoleAnswer: Sendable {
  /// A page in the console's frame.
  case page(ConsoleView)
  /// Go there, after a change; the notice is shown there, once.
  /// - Parameters:
  ///   - to: a path below `/console`, with its query.
  ///   - notice: what was done, in a sentence.
  case redirect(to: String, notice: String? = nil)
  /// Something to save, such as a CSV.
  case file(name: String, contentType: String, body: ResponseBody)
  /// Server-sent events.
  case stream(ResponseBody)
}

/// A page: a template, and what it shows.
struct ConsoleView: Sendable {
  /// The window's title, without the console's name.
  var title: String
  /// Which entry of the menu it belongs to.
  var section: ConsoleSection?
  /// The name of the template.
  var template: String
  /// What the template finds under `page`, by the names of its properties.
  var content: any Sendable
  var status: HTTPResponse.Status = .ok
}

/// The menu.
enum ConsoleSection: String, CaseIterable, Sendable {
  case today, transactions, inbox, deliveries, sources, settings, audit

  /// Where it is, below `/console`.
  var path: String { self == .today ? "/" : "/\(rawValue)" }
  /// As people read it.
  var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
