/// Times as RFC 3339 writes them, in UTC to the microsecond: `2026-11-24T09:30:00.000000Z`.
public enum UTCTimestamp {
  /// 0001-01-01T00:00:00 and 9999-12-31T23:59:59, as seconds since the epoch: RFC 3339 has four digits for a year.
  private static let representable: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// The time as text, always 27 characters. Times outside of the years 1 to 9999 give the nearest second inside.
  public static func format(_ time: Microseconds) -> String {
    let whole = DarajaTimestamp.floorDivide(time, 1_000_000)
    let seconds = min(max(whole, representable.lowerBound), representable.upperBound)
    let day = DarajaTimestamp.floorDivide(seconds, 86_400)
    let second = seconds - day * 86_400
    let date = DarajaTimestamp.civilDate(daysSinceEpoch: day)
    var text: [UInt8] = []
    text.reserveCapacity(27)
    let parts: [(value: Int64, width: Int, end: Character)] = [
      (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (second / 3_600, 2, ":"),
      (second / 60 % 60, 2, ":"), (second % 60, 2, "."), (seconds == whole ? time - whole * 1_000_000 : 0, 6, "Z"),
    ]
    for part in parts {
      DarajaTimestamp.append(part.value, width: part.width, to: &text)
      text.append(contentsOf: String(part.end).utf8)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
