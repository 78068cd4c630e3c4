import Foundation

/// Numbers as people read them.
enum Figures {
  /// Seconds with two decimals.
  static func seconds(_ value: Double) -> String { String(format: "%.2f s", locale: nil, value) }

  /// A span of life, in minutes and seconds.
  static func minutes(_ value: Double) -> String {
    let seconds = Int(value.rounded())
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}
