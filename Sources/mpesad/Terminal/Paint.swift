import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Colours for a terminal that wants them, and nothing for everybody else.
struct Paint: Sendable {
  enum Colour: String, Sendable {
    case green = "32"
    case red = "31"
    case yellow = "33"
    case dim = "2"
  }

  let isOn: Bool

  /// For what is written to a file descriptor: on only if it is a terminal, and not against NO_COLOR (no-color.org).
  init(for descriptor: CInt, environment: [String: String]) {
    isOn = isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  init(isOn: Bool) { self.isOn = isOn }

  func callAsFunction(_ colour: Colour, _ text: String) -> String {
    isOn ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}
