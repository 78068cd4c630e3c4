import HTTPTypes

/// Header fields that every answer of the API has: nothing of it may be cached, nor taken for another type than it
/// says.
enum SecurityHeaders {
  /// Name and value of each.
  static let all: [(String, String)] = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]

  /// The same as HTTP fields.
  static let fields: HTTPFields = {
    var fields = HTTPFields()
    for (name, value) in all {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return fields
  }()
}
