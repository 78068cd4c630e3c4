import Testing

/// Reads Prometheus' text format 0.0.4 and takes nothing that its own reader would not.
struct ExpositionReader {
  struct Family {
    var help: String
    var type: String
    var samples: [(name: String, labels: [String: String], value: Double)] = []
  }

  struct Malformed: Error, CustomStringConvertible {
    var line: String
    var why: String
    var description: String { "\(why): \(line)" }
  }

  private(set) var families: [String: Family] = [:]

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Malformed(line: String(text.suffix(40)), why: "no line feed at the end") }
    var current: String?
    var helps: [String: String] = [:]
    var seen: Set<String> = []
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
        helps[String(match.1)] = String(match.2)
      } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
        let name = String(match.1)
        guard families[name] == nil else { throw Malformed(line: line, why: "a family twice") }
        guard let help = helps[name] else { throw Malformed(line: line, why: "TYPE before HELP") }
        families[name] = Family(help: help, type: String(match.2))
        current = name
      } else {
        let (name, labels, value) = try Self.sample(line)
        guard let family = current, Self.belongs(name, to: family, type: families[family]?.type) else {
          throw Malformed(line: line, why: "a sample outside its family")
        }
        guard seen.insert(String(line.prefix(upTo: line.lastIndex(of: " ") ?? line.endIndex))).inserted else {
          throw Malformed(line: line, why: "a series twice")
        }
        families[family]?.samples.append((name, labels, value))
      }
    }
  }

  /// The value of the one series with these labels.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    families.values.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
  }

  private static func belongs(_ name: String, to family: String, type: String?) -> Bool {
    type == "histogram" ? ["_bucket", "_sum", "_count"].contains { name == family + $0 } : name == family
  }

  private static func sample(_ line: String) throws -> (String, [String: String], Double) {
    guard let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/) else {
      throw Malformed(line: line, why: "no sample")
    }
    let text = String(match.3)
    guard let value = text == "+Inf" ? Double.infinity : Double(text) else {
      throw Malformed(line: line, why: "no number")
    }
    var labels: [String: String] = [:]
    var rest = match.2.map { Substring($0) } ?? ""
    while !rest.isEmpty {
      guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/) else {
        throw Malformed(line: line, why: "a malformed label")
      }
      labels[String(label.1)] = String(label.2)
      rest = rest[label.range.upperBound...]
    }
    return (String(match.1), labels, value)
  }
}
