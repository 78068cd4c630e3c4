import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Asks the person at the terminal before something that cannot be undone.
enum Confirmation {
  /// Returns when the person says yes.
  /// - Throws: ``OperationError`` when the answer is no, or when nobody is there to be asked.
  static func ask(_ consequence: String, isAnswered: Bool) throws {
    guard !isAnswered else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw OperationError(.invalid, "\(consequence) Nobody is at the terminal to confirm it: add --yes.")
    }
    FileHandle.standardError.write(Data((PlainText.line(consequence) + "\nGo on? [y/N] ").utf8))
    let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
    guard answer == "y" || answer == "yes" else { throw OperationError(.refused, "Nothing was changed.") }
  }
}
