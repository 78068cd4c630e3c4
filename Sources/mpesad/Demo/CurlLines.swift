import DarajaSimulator

/// What to paste into a shell while the demo stays up.
struct CurlLines: Sendable {
  let house: DemoHouse
  let report: DemoReport
  let token: String

  /// A phone that no story uses.
  private static let phone = "254712345678"
  /// How this program was called.
  var program = CommandLine.arguments.first ?? "mpesad"

  /// Lines that work when they are pasted one after the other: the numbers are those that come next.
  var text: String {
    let order = (report.rows.compactMap(\.orderId).max() ?? 0) + 1
    let transaction = (report.rows.compactMap(\.transactionId).max() ?? 0) + 1
    let api = house.daemonURL + "/api"
    return """
      Both keep running until Ctrl-C. mpesad \(house.daemonURL), simulator \(house.darajaURL), state \(house.stateDirectory)
      All credentials are the simulator's and invented. The token is good for 24 hours:

      TOKEN=\(token)

      # A link into the operator's console, for one sign-in within 10 minutes:
      \(program) console-link --state \(house.stateDirectory)

      # Make an order, send a prompt for it, give the shopper a second, look at what became of it. The checkout_url of an order is the
      # shopper's page: open it in a browser, and let \(Self.phone) pay there.
      \(post("\(api)/orders/", #"{"amount":"1500.00","description":"A try","reference":"TRY-1"}"#))
      \(post("\(api)/payments/transactions/initiate_mpesa_payment/", #"{"order_id":\#(order),"phone_number":"\#(Self.phone)"}"#))
      sleep 1; \(status(api, transaction))

      # Let that shopper press cancel at the next prompt; \(house.darajaURL)/simulator/stories lists what shoppers can do:
      curl -s -X PUT -H 'Content-Type: application/json' -d '{"story":"cancels"}' \(house.darajaURL)/simulator/customers/\(Self.phone); echo
      \(forgery(api))
      """
  }

  /// A stranger's success for the payment that was cancelled: its id is right, its address holds no secret.
  private func forgery(_ api: String) -> String {
    guard let row = report.rows.first(where: { $0.story == Story.cancels.rawValue }), let id = row.checkoutRequestId,
      let transaction = row.transactionId
    else { return "" }
    let body = """
      {"Body":{"stkCallback":{"CheckoutRequestID":"\(id)","ResultCode":0,"ResultDesc":"Paid","CallbackMetadata":{"Item":[\
      {"Name":"Amount","Value":1500},{"Name":"MpesaReceiptNumber","Value":"FORGED0001"}]}}}}
      """
    return """

      # Claim that the cancelled payment \(transaction) was paid, as a stranger would, and see that nobody believes it:
      curl -s -H 'Content-Type: application/json' -d '\(body)' \(api)/payments/transactions/mpesa_callback/; echo
      sleep 1; \(status(api, transaction))
      """
  }

  private func status(_ api: String, _ transaction: Int64) -> String {
    "curl -s -H \"Authorization: JWT $TOKEN\" \(api)/payments/transactions/\(transaction)/check_mpesa_status/; echo"
  }

  private func post(_ url: String, _ body: String) -> String {
    "curl -s -H \"Authorization: JWT $TOKEN\" -H 'Content-Type: application/json' -d '\(body)' \(url); echo"
  }
}
