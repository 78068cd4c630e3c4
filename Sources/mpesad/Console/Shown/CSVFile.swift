import HummingbirdCore
import NIOCore
import Store

/// A list as a file. It is read and sent a page at a time, so that a long one takes no memory.
struct CSVFile<Cursor: Sendable>: Sendable {
  /// What stands behind a cursor, the first page where there is none; and where it goes on, nil at the end.
  typealias Page = @Sendable (_ last: Cursor?, _ limit: Int) async throws -> (rows: [[String]], next: Cursor?)

  let header: [String]
  /// What its rows are, such as `payments`.
  let what: String
  let maximumRows: Int
  let page: Page

  var body: ResponseBody {
    ResponseBody { [self] writer in
      try await writer.write(ByteBuffer(string: CSVText.row(header)))
      var last: Cursor?
      var left = maximumRows
      repeat {
        let (rows, next) = try await page(last, min(BrowsingLimit.page, left))
        if !rows.isEmpty { try await writer.write(ByteBuffer(string: rows.map(CSVText.row).joined())) }
        left -= rows.count
        last = next
      } while last != nil && left > 0
      if last != nil {
        try await writer.write(
          ByteBuffer(
            string: CSVText.row([
              "Only the newest \(maximumRows) \(what) are in this file. Narrow the list by time to get the others."
            ])))
      }
      try await writer.finish(nil)
    }
  }
}
