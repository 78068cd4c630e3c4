import Testing

@testable import Gateway

/// How many connections fit into the descriptors of a process.
@Suite struct DescriptorLimitTests {
  /// The limit, event loops, the connections asked for, and those that fit.
  static let cases: [(limit: Int, loops: Int, wanted: Int, fitting: Int)] = [
    (16_384, 2, 1_000, 1_000), (1_200, 2, 1_000, 1_000), (1_199, 2, 1_000, 999), (1_024, 2, 1_000, 824),
    (1_024, 64, 1_000, 576), (256, 2, 1_000, 128), (256, 2, 100, 100), (64, 2, 1_000, 32), (1, 2, 1_000, 1),
    (.max, 2, 65_000, 65_000),
  ]

  @Test(arguments: cases) func theRestIsForWhatMustNotWait(limit: Int, loops: Int, wanted: Int, fitting: Int) {
    #expect(DescriptorLimit(limit: limit, loops: loops).connections(of: wanted) == fitting)
  }

  @Test func howManyAreFreeIsCounted() throws {
    let free = try #require(DescriptorLimit.free)
    #expect(free > 0)
  }
}
