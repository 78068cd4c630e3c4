/// Cells in rows under a header: in aligned columns for people, or separated by tabs for programs.
///
/// Whatever cells hold, a row stays one line and a cell stays one cell: see ``PlainText``.
struct TextTable: Sendable {
  /// Between two columns.
  static let gap = "  "

  private var rows: [[String]]
  private var rightAligned: Set<Int> = []

  init(header: [String]) { rows = [header] }

  /// Whether there is nothing under the header.
  var isEmpty: Bool { rows.count == 1 }

  /// Adds a row; cells that are missing are empty.
  mutating func add(_ cells: [String]) { add(escaped: cells.map { PlainText.line($0) }) }

  /// Adds a row of cells that went through ``PlainText`` before.
  mutating func add(escaped cells: [String]) { rows.append(cells) }

  /// Puts a column's cells to its right edge.
  mutating func alignRight(column: Int) { rightAligned.insert(column) }

  /// Header and rows, without spaces at the end.
  var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = widths.enumerated().map { column, width in
        let cell = row.count > column ? row[column] : ""
        let space = String(repeating: " ", count: width - cell.count)
        return rightAligned.contains(column) ? space + cell : cell + space
      }
      var line = cells.joined(separator: Self.gap)
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// Header and rows with a tab between two cells, each row with as many as the header.
  var tabSeparated: [String] {
    let columns = rows[0].count
    return rows.map { row in (0..<columns).map { $0 < row.count ? row[$0] : "" }.joined(separator: "\t") }
  }
}
