/// All series of one metric, as they stand at one moment, and how Prometheus wants them written (text format 0.0.4).
public struct MetricFamily: Sendable {
  /// What the numbers mean to Prometheus.
  public enum Kind: String, Hashable, Sendable { case counter, gauge, histogram }

  /// One number.
  public struct Sample: Sendable {
    /// What follows the family's name: `_bucket`, `_sum`, `_count`, or nothing.
    var suffix = ""
    /// Names and values.
    var labels: [(String, String)]
    var value: Double

    /// A number with these labels.
    public init(_ value: Double, labels: [(String, String)] = []) {
      self.value = value
      self.labels = labels
    }

    init(suffix: String, _ value: Double, labels: [(String, String)]) {
      self.suffix = suffix
      self.value = value
      self.labels = labels
    }
  }

  /// The name.
  public var name: String
  /// The kind.
  public var kind: Kind
  /// One line for people.
  public var help: String
  /// The numbers.
  public var samples: [Sample]

  /// A family of this kind. Its meaning stands in ``MetricCatalog``.
  public init(_ name: String, _ kind: Kind, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = MetricCatalog.help(of: name)
    self.samples = samples
  }

  /// A family with one number.
  public init(_ name: String, _ kind: Kind, _ value: Double) {
    self.init(name, kind, [Sample(value)])
  }

  /// The type that goes with ``text(_:)``.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// All families as Prometheus reads them, in the order of their names.
  static func text(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families.sorted(by: { $0.name < $1.name }) where !family.samples.isEmpty {
      text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
      text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.samples {
        text += family.name + sample.suffix
        if !sample.labels.isEmpty {
          text += "{" + sample.labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(number(sample.value))\n"
      }
    }
    return text
  }

  /// A number as Prometheus reads it: whole ones without a fraction.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return value.rounded() == value && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }
}
