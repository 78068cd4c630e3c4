import Daraja

/// Bodies as Safaricom sends them.
enum CallbackBodies {
  static func paid(
    _ checkoutRequestID: String?, receipt: String = "NLJ7RT61SV", amount: String = "1500.00",
    phone: MSISDN? = nil
  ) -> String {
    body(
      checkoutRequestID, code: "0", description: "The service request is processed successfully.",
      metadata: """
        ,"CallbackMetadata":{"Item":[{"Name":"Amount","Value":\(amount)},{"Name":"MpesaReceiptNumber","Value":"\(receipt)"},\
        {"Name":"Balance"},{"Name":"TransactionDate","Value":20261124030000},{"Name":"PhoneNumber","Value":\(phone?.digits ?? "254712345678")}]}
        """)
  }

  static func refused(_ checkoutRequestID: String?, code: String = "1032") -> String {
    body(checkoutRequestID, code: code, description: "Request cancelled by user", metadata: "")
  }

  private static func body(
    _ checkoutRequestID: String?, code: String, description: String, metadata: String
  ) -> String {
    let id = checkoutRequestID.map { "\"CheckoutRequestID\":\"\($0)\"," } ?? ""
    let number = Int(code) == nil ? "\"\(code)\"" : code
    return """
      {"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1",\(id)"ResultCode":\(number),\
      "ResultDesc":"\(description)"\(metadata)}}}
      """
  }

  static let confirmation = """
    {"TransactionType":"Pay Bill","TransID":"RKTQDM7W6S","TransTime":"20191122063845","TransAmount":"10","BusinessShortCode":\
    "600638","BillRefNumber":"invoice008","InvoiceNumber":"","OrgAccountBalance":"","ThirdPartyTransID":"","MSISDN":"2547*****149",\
    "FirstName":"John","MiddleName":"","LastName":"Doe"}
    """
}
