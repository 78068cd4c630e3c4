import Foundation

/// The preloaded library, compiled once for a run of the tests from the C sources in `Library`.
enum FaultLibrary {
  static let compiler = Requirement.executable("clang") ?? Requirement.executable("cc")

  /// Where this run keeps what its tests share; removed when the process ends.
  static let directory: String = {
    let path = NSTemporaryDirectory() + "mpesad-faults-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: FaultLibrary.directory) }
    return path
  }()

  /// The library's path.
  static func path() throws -> String { try compiled.get() }

  /// The path of the library that sets the wall clock of the program that it is preloaded into.
  static func clock() throws -> String { try compiledClock.get() }

  private static let compiledClock = Result {
    try compile(["../../Clock/Library/clock.c"], to: "libclock.so", ["-shared", "-fPIC"])
  }

  private static let compiled = Result {
    try compile(["control.c", "durability.c", "calls.c"], to: "libfaults.so", ["-shared", "-fPIC", "-lpthread"])
  }

  /// Compiles sources of the library's directory into this run's.
  /// - Returns: the path of what was made.
  static func compile(_ sources: [String], to name: String, _ options: [String]) throws -> String {
    guard let compiler else { throw FaultTrouble("There is neither clang nor cc.") }
    let library = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Library").path
    let path = directory + "/" + name
    let process = Process()
    process.executableURL = URL(fileURLWithPath: compiler)
    process.arguments =
      ["-O1", "-Wall", "-Wextra", "-Werror", "-o", path] + sources.map { "\(library)/\($0)" } + options
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw FaultTrouble("\(compiler) ended with \(process.terminationStatus) at \(name).")
    }
    return path
  }
}
