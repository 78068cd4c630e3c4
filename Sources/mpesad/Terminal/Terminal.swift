import Foundation

/// Standard output for data, standard error for people.
enum Terminal {
  /// Standard output took nothing more.
  struct Unwritable: Error, CustomStringConvertible {
    let detail: String
    var description: String { "The answer could not be written to standard output: \(detail)." }
  }

  /// Writes one line of data.
  static func say(_ line: String) throws { try write(Data((line + "\n").utf8)) }

  /// Writes bytes as they are.
  ///
  /// A reader that has gone, as `head` goes when it has enough, is no error.
  static func write(_ data: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch let error as CocoaError
      where error.underlying?.domain == NSPOSIXErrorDomain && error.underlying?.code == Int(EPIPE)
    {
      return
    } catch {
      throw Unwritable(detail: error.localizedDescription)
    }
  }

  /// Tells people a line.
  static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

extension CocoaError {
  fileprivate var underlying: NSError? { userInfo[NSUnderlyingErrorKey] as? NSError }
}
