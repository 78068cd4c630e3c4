import Foundation

/// Text that nobody can guess.
enum RandomText {
  /// 256 bits: more than anybody can try.
  static let byteCount = 32

  /// A new one, in the letters that addresses and cookies take as they are.
  static func make() -> String {
    var source = SystemRandomNumberGenerator()
    let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &source) }
    return Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
