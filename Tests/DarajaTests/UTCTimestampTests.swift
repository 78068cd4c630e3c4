import Testing

@testable import Daraja

@Suite struct UTCTimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (1_795_512_600_123_456, "2026-11-24T09:30:00.123456Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (Microseconds.max, "9999-12-31T23:59:59.000000Z"), (.min, "0001-01-01T00:00:00.000000Z"),
    ] as [(Microseconds, String)])
  func timesAreWrittenInUTC(time: Microseconds, text: String) {
    #expect(UTCTimestamp.format(time) == text)
  }
}
