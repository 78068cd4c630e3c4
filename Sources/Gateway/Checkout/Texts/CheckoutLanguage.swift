import HTTPTypes
import Hummingbird

/// A language of the checkout. The raw values are those of the browser and of the address.
enum CheckoutLanguage: String, CaseIterable, Sendable {
  case english = "en"
  case swahili = "sw"

  /// The longest Accept-Language that is looked at, in bytes; browsers send some fifty.
  private static let maximumHeaderLength = 512

  var texts: CheckoutTexts { self == .english ? .english : .swahili }
  var other: CheckoutLanguage { self == .english ? .swahili : .english }
  /// What it calls itself.
  var name: String { self == .english ? "English" : "Kiswahili" }

  /// What the address asks for with `lang`, else what the browser prefers, else English.
  init(_ request: Request) {
    let asked = request.uri.queryParameters["lang"].flatMap { CheckoutLanguage(rawValue: String($0)) }
    self = asked ?? CheckoutLanguage(accepted: request.headers[.acceptLanguage] ?? "")
  }

  /// The one of the two that an Accept-Language header prefers.
  init(accepted header: String) {
    guard header.utf8.count <= Self.maximumHeaderLength else {
      self = .english
      return
    }
    var best: (language: CheckoutLanguage, weight: Double)?
    for entry in header.lowercased().split(separator: ",") {
      let parts = entry.split(separator: ";").map { $0.filter { $0 != " " } }
      guard let tag = parts.first?.split(separator: "-").first,
        let language = CheckoutLanguage(rawValue: String(tag))
      else { continue }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      if weight > best?.weight ?? 0 { best = (language, weight) }
    }
    self = best?.language ?? .english
  }
}
