import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Reads from a terminal what nobody is to see there.
enum HiddenInput {
  /// The terminal as it was, for a Ctrl-C while nothing is shown: the shell must not be left mute.
  nonisolated(unsafe) private static var before = termios()

  /// Asks a question on standard error and reads the answer from standard input, a terminal, without showing it. Nil at the end of input.
  static func answer(to question: String) -> String? {
    guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    let restore: @convention(c) (Int32) -> Void = { number in
      tcsetattr(STDIN_FILENO, TCSANOW, &HiddenInput.before)
      _exit(128 + number)
    }
    let interrupt = signal(SIGINT, restore)
    let terminate = signal(SIGTERM, restore)
    // What was typed ahead of the question was shown already, and is not the answer to it.
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSANOW, &before)
      signal(SIGINT, interrupt)
      signal(SIGTERM, terminate)
      // The line feed that ended the line was not shown either.
      Terminal.tell("")
    }
    // Asked when nothing is shown any more: an answer may come at once.
    FileHandle.standardError.write(Data(question.utf8))
    return readLine()
  }
}
