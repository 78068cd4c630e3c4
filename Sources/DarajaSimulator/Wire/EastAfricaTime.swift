/// A moment on Nairobi's clocks: UTC+3 all year. Integer arithmetic only, so that no locale or time zone data is
/// needed.
struct EastAfricaTime: Sendable, Equatable {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int
  var millisecond: Int

  /// - Parameter microseconds: since the epoch, UTC.
  init(microseconds: Int64) {
    let local = Int(microseconds / 1_000) + 3 * 3_600_000
    let day = local.flooredDivision(by: 86_400_000)
    let ofDay = local - day * 86_400_000
    millisecond = ofDay % 1_000
    second = ofDay / 1_000 % 60
    minute = ofDay / 60_000 % 60
    hour = ofDay / 3_600_000

    // Whole years are guessed from the mean year and corrected by at most one, then months are counted off.
    var year = 1970 + Int((Double(day) / 365.2425).rounded(.down))
    while Self.daysFromEpoch(toYear: year) > day { year -= 1 }
    while Self.daysFromEpoch(toYear: year + 1) <= day { year += 1 }
    var rest = day - Self.daysFromEpoch(toYear: year)
    var month = 1
    while rest >= Self.days(in: month, of: year) {
      rest -= Self.days(in: month, of: year)
      month += 1
    }
    self.year = year
    self.month = month
    self.day = rest + 1
  }

  /// As in Timestamp and TransactionDate.
  var yyyyMMddHHmmss: String { decimal(year, width: 4) + decimal(month, width: 2) + decimal(day, width: 2) + timeOfDay }

  /// As inside a CheckoutRequestID.
  var ddMMyyyyHHmmssSSS: String {
    decimal(day, width: 2) + decimal(month, width: 2) + decimal(year, width: 4) + timeOfDay
      + decimal(millisecond, width: 3)
  }

  private var timeOfDay: String { decimal(hour, width: 2) + decimal(minute, width: 2) + decimal(second, width: 2) }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func daysFromEpoch(toYear year: Int) -> Int {
    func leapDays(before year: Int) -> Int {
      let last = year - 1
      return last.flooredDivision(by: 4) - last.flooredDivision(by: 100) + last.flooredDivision(by: 400)
    }
    return (year - 1970) * 365 + leapDays(before: year) - leapDays(before: 1970)
  }
}

extension Int {
  func flooredDivision(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// `value`, which is not negative, in decimal with zeros in front up to `width` digits.
func decimal(_ value: Int, width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
}

extension Duration {
  /// Whole microseconds, rounded towards zero.
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
