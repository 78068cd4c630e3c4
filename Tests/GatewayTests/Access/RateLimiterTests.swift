import Daraja
import Testing

@testable import Gateway

@Suite struct RateLimiterTests {
  private static let second: Microseconds = 1_000_000

  /// One call a second, three at once.
  private static func buckets(capacity: Int = 100) -> RateBuckets {
    RateBuckets(interval: second, burst: 3, capacity: capacity)
  }

  @Test func aBurstGoesThroughAndThenOneForEachInterval() {
    var buckets = Self.buckets()
    for _ in 0..<3 { #expect(buckets.take("a", at: 0) == nil) }
    #expect(buckets.take("a", at: 0) == Self.second)
    #expect(buckets.take("a", at: Self.second - 1) == 1)
    #expect(buckets.take("a", at: Self.second) == nil)
    #expect(buckets.take("a", at: Self.second) == Self.second)
  }

  @Test func aRefusedCallTakesNothing() {
    var buckets = Self.buckets()
    for _ in 0..<1_000 { _ = buckets.take("a", at: 0) }
    #expect(buckets.take("a", at: Self.second) == nil)
  }

  @Test func whoRestedLongMaySaveUpOneBurstAndNoMore() {
    var buckets = Self.buckets()
    _ = buckets.take("a", at: 0)
    let later = 1_000 * Self.second
    for _ in 0..<3 { #expect(buckets.take("a", at: later) == nil) }
    #expect(buckets.take("a", at: later) != nil)
  }

  @Test func callersDoNotShareABucket() {
    var buckets = Self.buckets()
    for _ in 0..<4 { _ = buckets.take("a", at: 0) }
    #expect(buckets.take("b", at: 0) == nil)
  }

  @Test func memoryIsBoundedHoweverManyCall() {
    var buckets = Self.buckets(capacity: 1_000)
    for number in 0..<100_000 { #expect(buckets.take("caller \(number)", at: 0) == nil) }
    #expect(buckets.count == 1_000)
  }

  @Test func whoCalledLongestAgoIsForgottenFirst() {
    var buckets = Self.buckets(capacity: 3)
    for caller in ["a", "b", "c"] { for _ in 0..<3 { _ = buckets.take(caller, at: 0) } }
    // Being refused is calling too: it is not a way to be forgotten.
    #expect(buckets.take("a", at: 0) != nil)
    #expect(buckets.take("d", at: 0) == nil)
    #expect(buckets.take("a", at: 0) != nil)
    #expect(buckets.take("c", at: 0) != nil)
    // b had to go, and has a full bucket again: that is what the memory bound costs.
    for _ in 0..<3 { #expect(buckets.take("b", at: 0) == nil) }
    #expect(buckets.take("b", at: 0) != nil)
  }

  @Test func nobodyIsForgottenBeforeAsManyOthersCalledAsThereIsRoomFor() {
    var buckets = Self.buckets(capacity: 1_000)
    for _ in 0..<3 { _ = buckets.take("patient", at: 0) }
    for number in 0..<999 { _ = buckets.take("other \(number)", at: 0) }
    #expect(buckets.take("patient", at: 0) != nil)
  }

  /// The linked order inside must agree with the simplest model there is, whatever is called in whatever order.
  @Test func itForgetsLikeAPlainListWould() {
    var buckets = RateBuckets(interval: Self.second, burst: 1, capacity: 4)
    var recent: [String] = []
    var random: UInt64 = 42
    for _ in 0..<5_000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let caller = String((random >> 33) % 7)
      let isRemembered = recent.contains(caller)
      #expect((buckets.take(caller, at: 0) != nil) == isRemembered)
      recent.removeAll { $0 == caller }
      recent.append(caller)
      if recent.count > 4 { recent.removeFirst() }
    }
  }

  @Test func aRateIsAMinutesWorthThatMayComeAtOnce() {
    let limiter = RateLimiter(rate: 30)
    for _ in 0..<30 { #expect(limiter.take("a", at: 0) == nil) }
    #expect(limiter.take("a", at: 0) == 2 * Self.second)
  }

  @Test func aRateOfZeroIsNoLimitAndRatesChangeWhileRunning() {
    let limiter = RateLimiter(rate: 0)
    for _ in 0..<10_000 { #expect(limiter.take("a", at: 0) == nil) }
    limiter.change(rate: 1)
    #expect(limiter.take("a", at: 0) == nil)
    #expect(limiter.take("a", at: 0) == 60 * Self.second)
    limiter.change(rate: 0)
    #expect(limiter.take("a", at: 0) == nil)
  }

  @Test(arguments: [
    ("196.201.214.200", "196.201.214.200"), ("::ffff:196.201.214.200", "196.201.214.200"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
  ])
  func anIPv6HostCountsByItsNetwork(address: String, key: String) throws {
    #expect(ClientAddress.ip(try #require(IPAddress(address))).rateKey == key)
  }
}
