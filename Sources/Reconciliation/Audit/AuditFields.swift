import Logging

/// The fields of one entry of the audit log.
public struct AuditFields: Sendable, ExpressibleByDictionaryLiteral {
  private(set) var metadata: Logger.Metadata

  /// Fields and their values. A field stands once.
  public init(dictionaryLiteral elements: (AuditField, String)...) {
    metadata = Logger.Metadata(minimumCapacity: elements.count + Self.room)
    for (field, value) in elements { self[field] = value }
  }

  /// How many fields come to an entry after it was begun: what every entry has, and what is known of the one or the other.
  private static let room = 12

  /// The value of a field; nil where it does not apply.
  public subscript(_ field: AuditField) -> String? {
    get { metadata[field.rawValue].map { "\($0)" } }
    set { metadata[field.rawValue] = newValue.map { .string($0) } }
  }
}
