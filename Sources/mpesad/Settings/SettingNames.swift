import Foundation
import Yams

/// Finds names that nobody knows: a misspelt setting would be ignored in silence.
enum SettingNames {
  /// Checks the variables that are this program's own. Others may use the merchant's prefix for things of theirs.
  static func check(environment: [String: String]) throws {
    let known = Set(Setting.allCases.map(\.environmentVariable))
    for name in environment.keys.sorted() where name.hasPrefix("MPESAD_") && !known.contains(name) {
      throw SettingsError.unknown(name: name, place: "the environment", suggestion: closest(to: name, in: known))
    }
  }

  /// Checks a file.
  /// - Returns: how many settings it holds.
  static func check(file path: String) throws -> Int {
    let root: Node?
    do {
      root = try Yams.compose(yaml: String(contentsOfFile: path, encoding: .utf8))
    } catch {
      throw SettingsError.unreadableFile(path: path, detail: detail(of: error))
    }
    guard let root, root != .scalar(Node.Scalar("")) else { return 0 }
    guard case .mapping(let mapping) = root else {
      throw SettingsError.unreadableFile(path: path, detail: "it must hold lines of the form \"name: value\"")
    }
    let known = Set(Setting.allCases.map(\.rawValue))
    for (key, value) in mapping {
      let name = key.string ?? "\(key)"
      guard known.contains(name) else {
        throw SettingsError.unknown(name: name, place: path, suggestion: closest(to: name, in: known))
      }
      guard case .scalar = value else { throw SettingsError.notScalar(name: name, path: path) }
    }
    return mapping.count
  }

  /// What is wrong with a file, and in which line. Yams' own words quote the line, and a secret may stand in it.
  static func detail(of error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let names, _): "it sets \(names.sorted().joined(separator: ", ")) more than once"
    case .reader(let problem, _, _, _): problem
    case nil: error.localizedDescription
    default: "it is not YAML"
    }
  }

  /// The known name that a misspelt one probably means.
  static func closest(to name: String, in known: Set<String>) -> String? {
    let ranked = known.map { (distance(name, $0), $0) }.sorted { $0 < $1 }
    return ranked.first.flatMap { $0.0 <= 3 ? $0.1 : nil }
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (index, character) in left.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let above = row[column + 1]
        row[column + 1] = min(above + 1, row[column] + 1, diagonal + (character == right[column] ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
