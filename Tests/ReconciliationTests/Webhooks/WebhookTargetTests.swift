import Daraja
import Payments
import Testing

@testable import Reconciliation

@Suite("Where webhooks may go at all")
struct WebhookTargetTests {
  private static let secret = WebhookSecrets.newSecret()

  private static func error(_ url: String, secret: Secret? = secret, tls: Bool = false) -> WebhookTargetError? {
    do throws(WebhookTargetError) {
      _ = try WebhookTarget(url: url, secret: secret, allowsPrivateAddresses: false, requiresTLS: tls)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "Absolute addresses over http and https",
    arguments: [
      "https://shop.example/hook?x=1", "http://shop.example:8080", "https://[2606:4700::1]/h", "https://1.1.1.1",
    ])
  func good(url: String) { #expect(Self.error(url) == nil) }

  @Test(
    "Anything else is refused by name of the setting",
    arguments: [
      "", "shop.example", "/hook", "ftp://shop.example", "https://", "https://user@shop.example",
      "https://shop.example#x",
      "https://shop.example:0", "https://shop.example:70000", "https://lädchen.example", "https://shop%2eexample/",
      "file:///etc/passwd", "http+unix://%2Frun%2Fx/", "https://a_b.example\\@127.0.0.1/",
    ])
  func bad(url: String) { #expect(Self.error(url) == .address) }

  @Test("Plain http only where TLS is not required")
  func plain() {
    #expect(Self.error("http://shop.example", tls: true) == .plainText)
    #expect(Self.error("https://shop.example", tls: true) == nil)
  }

  @Test("Nothing goes out unsigned")
  func unsigned() {
    #expect(Self.error("https://shop.example", secret: nil) == .noSecret)
    #expect(Self.error("https://shop.example", secret: Secret("hunter2")) == .secret)
    #expect("\(WebhookTargetError.noSecret)".contains("mpesa_webhook_secret"))
  }
}
