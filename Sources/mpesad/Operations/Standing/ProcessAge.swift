import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// How long this process runs.
enum ProcessAge {
  /// The position of the start's time in `/proc/self/stat` behind the program's name, in clock ticks since the machine began (proc(5), field
  /// 22).
  private static let startField = 19

  /// In seconds; nil where there is no `/proc`.
  static var seconds: Double? {
    // The name may hold anything, and ends with the last parenthesis.
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8), let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    var now = timespec()
    guard fields.count > startField, let start = Double(fields[startField]), clock_gettime(CLOCK_BOOTTIME, &now) == 0
    else { return nil }
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - start / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
