import HTTPTypes
import Hummingbird
import Web

/// What the template `checkout` shows around the changing part.
struct CheckoutPage: Sendable {
  struct Language: Sendable {
    var code: String
    var name: String
    var link: String
  }

  var language: String
  var title: String
  var style: String
  var script: String
  var icon: String
  var events: String?
  var poll: String?
  /// After how many seconds a page without a script looks again; nil for never.
  var refresh: Int?
  var connectionLost: String
  var secured: String
  var other: Language
  /// The changing part; nil on pages that tell of no order.
  var main: CheckoutView?
  /// What such a page says.
  var message: Message?

  struct Message: Sendable {
    var title: String
    var sentence: String
    var reload: String?
    var link: String
  }

  /// Seconds between looks of a page without a script: as often as the script that was cut off from the events looks.
  static let refreshSeconds = 10
}

/// The checkout's templates and files.
struct CheckoutFiles: Sendable {
  static let style = Asset("checkout.css", PackageResources.checkout_css)
  static let script = Asset("checkout.js", PackageResources.checkout_js)
  static let icon = Asset("checkout-icon.svg", PackageResources.checkout_icon_svg)
  static let assets = [style, script, icon]

  private let templates: Templates

  /// - Throws: `Templates.Failure` where a template is wrong, which the tests find.
  init() throws {
    templates = try Templates([
      "checkout": PackageResources.checkout_mustache, "checkout-state": PackageResources.checkout_state_mustache,
    ])
  }

  /// The changing part alone.
  func fragment(_ view: CheckoutView) throws -> String { try templates.page("checkout-state", view) }

  /// A whole page.
  func page(_ page: CheckoutPage, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) throws -> Response {
    var fields = PageHeaders.page
    fields[.contentLanguage] = page.language
    for field in headers { fields[field.name] = field.value }
    let text = try templates.page("checkout", page)
    return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// A file, for its address.
  static func asset(_ path: String) -> Response? {
    guard let asset = assets.first(where: { path.hasSuffix("/" + $0.path) }) else { return nil }
    return Response(
      status: .ok, headers: asset.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
  }
}
