/// Cells in aligned columns, each as wide as its longest cell.
struct TextTable: Sendable {
  /// Between two columns.
  static let gap = "  "

  private var rows: [[String]]
  private var rightAligned: Set<Int> = []

  init(header: [String]) { rows = [header] }

  /// Adds a row; cells that are missing are empty.
  mutating func add(_ cells: [String]) { rows.append(cells) }

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
}
