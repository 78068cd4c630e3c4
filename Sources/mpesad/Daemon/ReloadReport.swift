/// What came of a reload that was not refused.
struct ReloadReport: Codable, Hashable, Sendable {
  /// What was read, for people.
  var read: [String]
  /// The settings that have changed and are in force now.
  var takenUp: [String]
  /// The settings that have changed and come into force with the next start.
  var needRestart: [String]

  /// All of it in one line.
  var summary: String {
    let changes = takenUp.isEmpty ? "No setting changes." : "Taken up: \(Self.list(takenUp))."
    let restart = needRestart.isEmpty ? "" : " Needs a restart: \(Self.list(needRestart))."
    return "Read again: \(Self.list(read)). \(changes)\(restart)"
  }

  var table: TextTable {
    var table = TextTable(header: ["setting", "state"])
    for name in takenUp { table.add([name, "taken up"]) }
    for name in needRestart { table.add([name, "needs a restart"]) }
    return table
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
