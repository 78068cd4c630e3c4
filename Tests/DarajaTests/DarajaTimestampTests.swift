import Foundation
import Testing

@testable import Daraja

@Suite struct DarajaTimestampTests {
  @Test(
    arguments: [
      (0, "19700101030000"),
      (-1, "19700101025959"),
      (1_577_825_999, "20191231235959"),
      (1_577_826_000, "20200101000000"),
      (1_576_739_475, "20191219101115"),
      // 29 February exists in 2000, 2020 and 2024, not in 1900, 2100 and 2023.
      (951_768_000, "20000228230000"), (951_771_600, "20000229000000"), (951_858_000, "20000301000000"),
      (1_582_923_600, "20200229000000"), (1_709_154_000, "20240229000000"), (1_709_240_399, "20240229235959"),
      (1_709_240_400, "20240301000000"), (1_677_531_600, "20230228000000"), (1_677_618_000, "20230301000000"),
      (4_107_531_599, "21000228235959"), (4_107_531_600, "21000301000000"),
      (-2_203_902_000, "19000301000000"),
      // 1 July and 1 January: noon in UTC is 15 o'clock in both.
      (1_751_371_200, "20250701150000"), (1_735_732_800, "20250101150000"),
      // The nights in which Europe changes its clocks.
      (1_743_296_400, "20250330040000"), (1_761_440_400, "20251026040000"),
    ] as [(Int64, String)])
  func formats(seconds: Int64, text: String) {
    #expect(DarajaTimestamp.format(microsecondsSinceEpoch: seconds * 1_000_000) == text)
  }

  @Test func dropsFractions() {
    #expect(DarajaTimestamp.format(microsecondsSinceEpoch: 999_999) == "19700101030000")
    #expect(DarajaTimestamp.format(microsecondsSinceEpoch: -999_999) == "19700101025959")
  }

  @Test(arguments: [(Int64.max, "99991231235959"), (Int64.min, "00010101000000")])
  func extremesAreClamped(microseconds: Int64, text: String) {
    #expect(DarajaTimestamp.format(microsecondsSinceEpoch: microseconds) == text)
  }

  @Test func agreesWithFoundation() {
    var random = SeededRandom()
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 3 * 3_600)!
    for _ in 0..<3_000 {
      // 1900 to 2200: Foundation's calendar is not proleptic before 1582.
      let seconds = Int64.random(in: -2_208_988_800...7_258_118_400, using: &random)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
      let expected = String(
        format: "%04d%02d%02d%02d%02d%02d", parts.year!, parts.month!, parts.day!, parts.hour!, parts.minute!,
        parts.second!)
      #expect(
        DarajaTimestamp.format(microsecondsSinceEpoch: seconds * 1_000_000) == expected,
        "\(seconds), seed \(random.seed)")
    }
  }
}
