import Daraja
import Foundation
import Testing

@testable import mpesad

@Suite struct MomentTests {
  /// 2026-11-24T09:30:00Z.
  static let now: Microseconds = 1_795_512_600_000_000

  static let readable: [(String, String)] = [
    ("2026-11-24", "2026-11-24T00:00:00Z"),
    ("2026-11-24T09:30", "2026-11-24T09:30:00Z"),
    ("2026-11-24T09:30:15", "2026-11-24T09:30:15Z"),
    ("2026-11-24 09:30:15", "2026-11-24T09:30:15Z"),
    ("2026-11-24T09:30:15Z", "2026-11-24T09:30:15Z"),
    ("2026-11-24T12:30:15+03:00", "2026-11-24T09:30:15Z"),
    ("90s", "2026-11-24T09:28:30Z"),
    ("15m", "2026-11-24T09:15:00Z"),
    ("36h", "2026-11-22T21:30:00Z"),
    ("7d", "2026-11-17T09:30:00Z"),
  ]

  @Test(arguments: readable) func timesAreReadAsPeopleWriteThem(text: String, time: String) {
    #expect(Moment(text, now: Self.now)?.description == time)
  }

  @Test(arguments: [
    "", "yesterday", "7", "d", "-7d", "7w", "2026-13-01", "99999999999999999999d", "9223372036854775807d",
  ])
  func whatIsNoTimeIsNone(text: String) {
    #expect(Moment(text, now: Self.now) == nil)
  }

  @Test(arguments: [0, 1, 999_999, 1_000_000, now, now + 7, -1, -1_000_001]) func jsonKeepsEachMicrosecond(
    time: Microseconds
  ) throws {
    let json = try JSONEncoder().encode([Moment(time)])
    #expect(try JSONDecoder().decode([Moment].self, from: json) == [Moment(time)])
  }

  @Test func jsonIsISO8601() throws {
    #expect(
      String(decoding: try JSONEncoder().encode(Moment(Self.now + 7)), as: UTF8.self)
        == "\"2026-11-24T09:30:00.000007Z\"")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Moment.self, from: Data("\"2026-11-24\"".utf8)) }
  }
}
