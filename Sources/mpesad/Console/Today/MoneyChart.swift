import Daraja
import Store

/// A day's money by the hour beside the same day's of the week before, drawn as bars.
struct MoneyChart: Sendable {
  static let (width, height, floor) = (720, 168, 166)

  /// One hour.
  struct Hour: Sendable {
    var name: String
    var money: String
    var payments: Int
    var moneyBefore: String
    var bar: Bar
    var barBefore: Bar
  }

  /// A rectangle.
  struct Bar: Sendable { var x, y, width, height: Int }

  let hours: [Hour]
  let total: String
  let totalBefore: String
  /// How many payments that were, in words.
  let count: String
  /// All that it says, in a sentence.
  let description: String
  /// The hours that are named below the axis, at even distances.
  let ticks = stride(from: 0, to: 24, by: 3).map(Self.twoDigits)
  let viewBox = "0 0 \(Self.width) \(Self.height)"
  let axis = Self.floor
  let right = Self.width

  /// - Parameter hoursSoFar: of the week before, the total is taken over as many hours as have passed.
  init(_ today: [HourMoney], before: [HourMoney], hoursSoFar: Int) {
    func cents(_ money: [HourMoney], _ hour: Int) -> Int64 { money.first { $0.hour == hour }?.cents ?? 0 }
    let most = max((today + before).map(\.cents).max() ?? 0, 1)
    let step = Self.width / 24
    func bar(_ cents: Int64, at x: Int, width: Int) -> Bar {
      let tall = Int((Double(cents) / Double(most) * Double(Self.floor - 10)).rounded())
      let height = cents > 0 ? max(tall, 1) : 0
      return Bar(x: x, y: Self.floor - height, width: width, height: height)
    }
    hours = (0..<24).map { hour in
      let x = hour * step
      let (now, then) = (cents(today, hour), cents(before, hour))
      return Hour(
        name: Self.twoDigits(hour) + ":00", money: Self.text(now),
        payments: today.first { $0.hour == hour }?.payments ?? 0, moneyBefore: Self.text(then),
        bar: bar(now, at: x + 9, width: 15), barBefore: bar(then, at: x + 3, width: 15))
    }
    let (sum, sumBefore) = (
      today.map(\.cents).reduce(0, +), before.filter { $0.hour < hoursSoFar }.map(\.cents).reduce(0, +)
    )
    total = Self.text(sum)
    totalBefore = Self.text(sumBefore)
    let payments = today.map(\.payments).reduce(0, +)
    count = payments == 1 ? "1 payment" : "\(payments) payments"
    description =
      "\(total) in \(count) today; \(totalBefore) by the end of this hour on the same day a week ago."
  }

  private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

  private static func text(_ cents: Int64) -> String {
    let rest = cents % 100
    return ShownMoney.text("\(cents / 100)." + (rest < 10 ? "0\(rest)" : "\(rest)"))
  }
}
