/// A payment's story for people.
struct StoryText {
  let answer: ExplainTransaction.Answer
  let paint: Paint

  /// A line for each thing that happened, and what was delivered beneath it.
  var text: String {
    var table = TextTable(header: ["time", "what", "then", "known by"])
    for line in answer.story {
      table.add([line.at.description, line.what, line.status ?? "", line.knownBy])
    }
    var lines = [PlainText.line(answer.standing), ""]
    for (index, row) in table.lines.enumerated() {
      lines.append(index == 0 ? paint(.dim, row) : row)
      if index > 0, let body = answer.story[index - 1].body { lines.append(paint(.dim, "    " + body)) }
    }
    return lines.joined(separator: "\n")
  }

  /// The same as cells, for programs.
  static func table(_ answer: ExplainTransaction.Answer) -> TextTable {
    var table = TextTable(header: ["time", "what", "status", "result code", "known by", "delivery", "body"])
    for line in answer.story {
      let cells = [
        line.at.description, line.what, line.status ?? "", line.resultCode ?? "", line.knownBy,
        line.deliveryID.map { String($0) } ?? "",
      ]
      table.add(escaped: cells.map { PlainText.line($0) } + [line.body ?? ""])
    }
    return table
  }
}
