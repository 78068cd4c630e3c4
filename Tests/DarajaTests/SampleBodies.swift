/// Bodies in the shapes that Safaricom sends.
enum SampleBodies {
  static let paid = """
    {"Body":{"stkCallback":{"MerchantRequestID":"2654-4b64-97ff-b827b542881d3130",\
    "CheckoutRequestID":"ws_CO_191220191020363925","ResultCode":0,\
    "ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":[\
    {"Name":"Amount","Value":1500.00},{"Name":"MpesaReceiptNumber","Value":"NLJ7RT61SV"},{"Name":"Balance"},\
    {"Name":"TransactionDate","Value":20191219102115},{"Name":"PhoneNumber","Value":254712345678}]}}}}
    """

  static let cancelled = """
    {"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_191220191020363925",\
    "ResultCode":1032,"ResultDesc":"Request cancelled by user."}}}
    """

  static let flatStringCode = """
    {"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_191220191020363925",\
    "ResultCode":"BW-HTTP-100300"}
    """

  static let badDebt = """
    {"Body":{"stkCallback":{"ResultCode":"E3008","ResultDesc":"Error, the user has a bad debt contract."}}}
    """

  static let ethiopia = """
    {"Envelope":{"Body":{"stkCallback":{"MerchantRequestID":"m","CheckoutRequestID":"ws_CO_1","ResultCode":3002,\
    "ResultDesc":"No response from user.","CallbackMetadata":{"Item":[{"Name":"Amount"},\
    {"Name":"MpesaReceiptNumber"},{"Name":"TransactionDate"},{"Name":"PhoneNumber"}]}}}}}
    """

  static let confirmation = """
    {"TransactionType":"Pay Bill","TransID":"SA5664XPWQ","TransTime":"20240105143211","TransAmount":"6000.00",\
    "BusinessShortCode":"600638","BillRefNumber":"ORDER 12","InvoiceNumber":"","OrgAccountBalance":"49197.00",\
    "ThirdPartyTransID":"","MSISDN":"2547 ***** 126","FirstName":"JOHN      ","MiddleName":"","LastName":""}
    """

  /// The raw line feed of a real payment.
  static let confirmationWithLineFeed = confirmation.replacing("ORDER 12", with: "ORDER\n12")

  static let result = """
    {"Result":{"ResultType":0,"ResultCode":0,"ResultDesc":"ok","OriginatorConversationID":"o","ConversationID":"c",\
    "TransactionID":"NLJ41HAY6Q","ResultParameters":{"ResultParameter":[{"Key":"Amount","Value":1}]}}}
    """

  static let all = [
    paid, cancelled, flatStringCode, badDebt, ethiopia, confirmation, confirmationWithLineFeed, result,
  ]

  /// A success with other metadata items.
  static func paid(items: String) -> String {
    #"{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1","ResultCode":0,"CallbackMetadata":{"Item":\#(items)}}}}"#
  }
}
