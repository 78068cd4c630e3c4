import ArgumentParser
import Store

/// How much of a list is shown, and from where on.
struct PageOptions: ParsableArguments {
  @Option(name: .long, help: "How many, up to \(BrowsingLimit.page).")
  var limit = 50

  @Option(name: .long, help: "Go on behind this number: what the list before named.")
  var after: Int64?

  func validate() throws {
    guard (1...BrowsingLimit.page).contains(limit) else {
      throw ValidationError("--limit must be from 1 to \(BrowsingLimit.page).")
    }
  }

  /// Tells people where the list goes on; programs have it in the answer.
  func tell(next: Int64?, _ output: OutputOptions) {
    if let next, !output.json { Terminal.tell("There are more: --after \(next)") }
  }
}
