import Daraja
import Testing

@testable import Gateway

@Suite struct SparseLogTests {
  @Test func oneLineASecondAndTheOthersAreCounted() {
    let log = LogCollector()
    let sparse = SparseLog(.sourceLimited, "again", logger: log.logger)
    for now: Int64 in [0, 1, 999_999, 1_000_000, 1_000_001, 2_000_000] {
      sparse.note(at: .at(now), [.source: "192.0.2.7"])
    }
    #expect(log.lines.count == 3)
    #expect(log.lines.filter { $0.contains("MPESA_COUNT") }.count == 2)
    #expect(log.lines[1].contains(#""MPESA_COUNT": 3"#), "itself and the two before it")
  }
}
