import Foundation
import Testing

@testable import DarajaSimulator

@Suite struct IdentifierTests {
  @Test func nairobiTimeAgreesWithTheCalendar() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 3 * 3_600))
    // 1900 to 2200.
    for _ in 0..<500 {
      let millisecond = Int64.random(in: -2_208_988_800_000...7_258_118_400_000, using: &generator)
      let time = EastAfricaTime(microseconds: millisecond * 1_000)
      let whole = Int(millisecond).flooredDivision(by: 1_000)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: TimeInterval(whole)))
      #expect(
        [time.year, time.month, time.day, time.hour, time.minute, time.second]
          == [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second],
        "seed \(seed), millisecond \(millisecond)")
      #expect(time.millisecond == Int(millisecond) - whole * 1_000, "seed \(seed)")
    }
  }

  @Test func aCheckoutIDIsMadeOfMomentAndPhone() {
    #expect(
      Mint.checkoutRequestID(phone: "254712345678", at: Push.sampleMoment) == "ws_CO_03022026101530250712345678")
  }

  @Test func receiptsHaveTheirDateAndNeverRepeat() {
    let seed = UInt64.random(in: .min ... .max)
    var mint = Mint(seed: seed)
    let day = EastAfricaTime(microseconds: Push.sampleMoment)
    let receipts = (0..<20_000).map { _ in mint.receipt(on: day) }
    #expect(Set(receipts).count == receipts.count, "seed \(seed)")
    #expect(receipts.allSatisfy { $0.count == 10 && $0.hasPrefix("UB3") }, "seed \(seed)")
  }

  @Test func aSeedRepeatsTheRun() {
    var (one, other) = (Mint(seed: 7), Mint(seed: 7))
    let day = EastAfricaTime(microseconds: Push.sampleMoment)
    #expect(one.receipt(on: day) == other.receipt(on: day))
    #expect(one.merchantRequestID() == other.merchantRequestID())
    #expect(one.variation() == other.variation())
    #expect(one.token() == other.token())
  }

  @Test func identifiersHaveTheFormsOfRealTraffic() {
    var mint = Mint(seed: 1)
    #expect(mint.token().count == 28)
    #expect(mint.merchantRequestID().split(separator: "-").map(\.count) == [4, 4, 4, 16])
  }
}
