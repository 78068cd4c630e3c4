@testable import Daraja

/// Answers in the shapes that Daraja and what stands in front of it send.
enum SampleAnswers {
  static let accepted = """
    {"MerchantRequestID":"2654-4b64-97ff-b827b542881d3130","CheckoutRequestID":"ws_CO_191220191020363925",\
    "ResponseCode":"0","ResponseDescription":"Success. Request accepted for processing",\
    "CustomerMessage":"Success. Request accepted for processing"}
    """

  static let blockPage = """
    <html style="height:100%"><head><META NAME="ROBOTS"></head><body><iframe id="main-iframe" \
    src="/_Incapsula_Resource?CWUDNSAI=1">Request unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>
    """

  static let spikeArrest = """
    {"fault":{"faultstring":"Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, \
    periodInMicroseconds=60000000, maxBurstMessageCount=1.0}","detail":{"errorcode":\
    "policies.ratelimit.SpikeArrestViolation"}}}
    """

  static let notSubscribed = """
    {"fault":{"faultstring":"Invalid API call as no apiproduct match found","detail":{"errorcode":\
    "keymanagement.service.InvalidAPICallAsNoApiProductMatchFound"}}}
    """

  static let soapFault = #"{"Envelope":{"Body":{"Fault":{"faultstring":"Something broke","faultcode":"env:Server"}}}}"#

  static let locked =
    "Unable to lock subscriber, a transaction is already in process for the current subscriber"

  static func error(_ code: String, _ message: String) -> String {
    #"{"requestId":"1-2-3","errorCode":"\#(code)","errorMessage":"\#(message)"}"#
  }

  static func fault(_ code: String, _ text: String) -> String {
    #"{"fault":{"faultstring":"\#(text)","detail":{"errorcode":"\#(code)"}}}"#
  }

  /// A query's answer about `ws_CO_1`.
  static func queryResult(_ code: String, description: String = "text") -> String {
    """
    {"ResponseCode":"0","ResponseDescription":"The service request has been accepted successsfully",\
    "MerchantRequestID":"m","CheckoutRequestID":"ws_CO_1","ResultCode":\(code),"ResultDesc":"\(description)"}
    """
  }
}

extension HTTPExchangeResponse {
  init(_ status: Int, _ body: String) {
    self.init(status: status, body: Array(body.utf8))
  }
}
