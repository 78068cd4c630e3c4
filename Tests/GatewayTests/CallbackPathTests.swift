import Testing

@testable import Gateway

@Suite struct CallbackPathTests {
  @Test(arguments: CallbackPath.bases)
  func bothAddressesTakeAnOptionalTokenAndSlash(base: String) {
    #expect(CallbackPath(target: base) == .bare)
    #expect(CallbackPath(target: base + "/") == .bare)
    #expect(CallbackPath(target: base + "/7.ab") == .token("7.ab"))
    #expect(CallbackPath(target: base + "/7.ab/") == .token("7.ab"))
    #expect(CallbackPath(target: base + "?a=/b") == .bare)
    #expect(CallbackPath(target: base + "/7.ab/?x=1") == .token("7.ab"))
    #expect(CallbackPath(target: "http://shop.example:80" + base + "/7.ab") == .token("7.ab"))
  }

  @Test(arguments: [
    "", "/", "*", "http://", "http://shop.example", "/api/payments/callback", "/api/payments/callbacksx",
    "/api/payments/callbacks//", "/api/payments/callbacks/a/b", "/api/payments/callbacks/a//",
    "/API/payments/callbacks",
    "//api/payments/callbacks", "/x/api/payments/callbacks", "/api/payments/transactions/mpesa_callbackx/",
  ])
  func everythingElseIsForTheRouter(target: String) {
    #expect(CallbackPath(target: target) == nil)
  }
}
