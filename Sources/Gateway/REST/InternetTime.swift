import Daraja
import Foundation

/// Reads times as RFC 3339 has them, for example `2026-11-25T09:30:00Z` or `2026-11-25T12:30:00.5+03:00`.
enum InternetTime {
  /// Microseconds since the epoch; nil when it is not such a time. Digits behind the sixth of a fraction are dropped, and a leap
  /// second is the one after it.
  static func microseconds(_ text: String) -> Microseconds? {
    guard text.utf8.count <= maximumLength,
      let match = text.wholeMatch(
        of: /(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})/.asciiOnlyDigits())
    else { return nil }
    let numbers = [match.1, match.2, match.3, match.4, match.5, match.6].compactMap { Int64($0) }
    guard numbers.count == 6, (1...12).contains(numbers[1]),
      (1...days(inMonth: numbers[1], of: numbers[0])).contains(numbers[2]), numbers[3] <= 23, numbers[4] <= 59,
      numbers[5] <= 60, let offset = offset(match.8)
    else { return nil }
    let fraction = Microseconds((match.7?.dropFirst().prefix(6) ?? "").padded(to: 6)) ?? 0
    let minutes = (days(to: numbers) * 24 + numbers[3]) * 60 + numbers[4] - offset
    return (minutes * 60 + numbers[5]) * 1_000_000 + fraction
  }

  private static let maximumLength = 64

  /// Minutes east of Greenwich.
  private static func offset(_ text: Substring) -> Int64? {
    guard text.count == 6, let hours = Int64(text.dropFirst().prefix(2)), let minutes = Int64(text.suffix(2)) else {
      return 0
    }
    guard hours <= 23, minutes <= 59 else { return nil }
    return (text.first == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the last one.
  private static func days(to date: [Int64]) -> Int64 {
    let year = date[1] <= 2 ? date[0] - 1 : date[0]
    let month = (date[1] + 9) % 12
    let leaps = year / 4 - year / 100 + year / 400
    let daysBeforeEpoch: Int64 = 719_468
    return year * 365 + leaps + (month * 153 + 2) / 5 + date[2] - 1 - daysBeforeEpoch
  }
}

extension StringProtocol {
  /// With zeros behind it up to a length.
  fileprivate func padded(to length: Int) -> String {
    self + String(repeating: "0", count: Swift.max(0, length - count))
  }
}
