import Logging
import Synchronization
import Testing

@testable import mpesad

@Suite struct ReloadingTests {
  private struct Broken: Error, CustomStringConvertible {
    var description: String { "line 3 is wrong" }
  }

  @Test func aPartThatCannotBeReadKeepsNoOtherFromBeingRenewed() async {
    let journal = AuditJournal()
    let renewed = Mutex<[String]>([])
    var reloading = Reloading(logger: Logger(label: "test") { _ in journal })
    reloading.add("the certificate") { throw Broken() }
    reloading.add("the keys") { renewed.withLock { $0.append("keys") } }
    await reloading.reload()
    #expect(renewed.withLock { $0 } == ["keys"])
    let lines = journal.lines
    #expect(lines.contains { $0.contains("Cannot read again: the certificate") && $0.contains("line 3 is wrong") })
    #expect(lines.contains { $0.contains("Read again: the keys") })
  }
}
