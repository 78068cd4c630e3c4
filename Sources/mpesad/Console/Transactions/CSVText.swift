import Web

/// Tables as files for spreadsheets and programs: RFC 4180.
enum CSVText {
  /// What a spreadsheet takes for the beginning of a formula.
  private static let formulaSigns: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]

  /// A row, with its line break.
  static func row(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

  /// A cell. One that a spreadsheet would take for a formula begins with an apostrophe instead, which spreadsheets take for "text follows".
  /// What is unseen stands as `�`.
  static func cell(_ stored: String) -> String {
    var text = ""
    text.unicodeScalars.append(contentsOf: stored.unicodeScalars.map { $0.isUnseen ? .standIn : $0 })
    let isFormula = text.unicodeScalars.first.map(formulaSigns.contains) ?? false
    let harmless = isFormula ? "'" + text : text
    guard harmless.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return harmless }
    var quoted = "\""
    for scalar in harmless.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}
