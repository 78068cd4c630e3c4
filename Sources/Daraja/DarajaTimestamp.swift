/// Daraja's timestamps: `yyyyMMddHHmmss` in East Africa Time.
public enum DarajaTimestamp {
  /// East Africa Time is three hours ahead of UTC, all year: there is no daylight saving time. A fixed offset, so that
  /// neither the host's zone nor its zone database can change a password.
  public static let offsetSeconds: Int64 = 3 * 3_600

  /// 0001-01-01T00:00:00 and 9999-12-31T23:59:59 in East Africa Time, as seconds since the epoch.
  private static let representable = (-62_135_596_800 - offsetSeconds)...(253_402_300_799 - offsetSeconds)

  /// The time as `yyyyMMddHHmmss`, always 14 digits. Times outside of the years 1 to 9999 give the nearest one inside.
  public static func format(microsecondsSinceEpoch: Microseconds) -> String {
    let seconds = floorDivide(microsecondsSinceEpoch, 1_000_000)
    let local = min(max(seconds, representable.lowerBound), representable.upperBound) + offsetSeconds
    let day = floorDivide(local, 86_400)
    let second = local - day * 86_400
    let date = civilDate(daysSinceEpoch: day)
    var digits: [UInt8] = []
    digits.reserveCapacity(14)
    append(date.year, width: 4, to: &digits)
    for part in [date.month, date.day, second / 3_600, second / 60 % 60, second % 60] {
      append(part, width: 2, to: &digits)
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The proleptic Gregorian date of a day.
  ///
  /// Years are counted from 1 March, which puts the leap day at the end of the year, and in eras of 400 years, which
  /// all have 146,097 days.
  static func civilDate(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let daysSinceMarch0000 = days + 719_468
    let era = floorDivide(daysSinceMarch0000, 146_097)
    let dayOfEra = daysSinceMarch0000 - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  /// The day of a proleptic Gregorian date, counted from 1970-01-01: the way back from ``civilDate(daysSinceEpoch:)``. A day that the month
  /// does not have is one of the next month.
  public static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let era = floorDivide(yearFromMarch, 400)
    let yearOfEra = yearFromMarch - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  static func append(_ value: Int64, width: Int, to digits: inout [UInt8]) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      digits.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
