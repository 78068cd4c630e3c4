import Payments
import Store

/// The shapes of bodies, as JSON.
enum Schemas {
  static let all = [
    "Error": error, "NewOrder": newOrder, "Order": order, "Initiation": initiation, "Initiated": initiated,
    "Status": status, "Transaction": transaction, "TransactionPage": transactionPage,
    "TransactionDetail": transactionDetail, "TimelineLine": timelineLine, "Delivery": delivery,
    "Accepted": accepted, "Health": health, "WebhookEvent": webhookEvent,
  ]

  /// Shillings as text: JSON numbers are floating point in most languages.
  private static let amount = #"{"type":"string","pattern":"^[0-9]{1,16}\\.[0-9]{2}$","examples":["1500.00"]}"#
  private static let optionalAmount =
    #"{"type":["string","null"],"pattern":"^[0-9]{1,16}\\.[0-9]{2}$","examples":["1500.00"]}"#
  static let number = #"{"type":"integer","format":"int64","minimum":1,"maximum":9223372036854775807}"#
  private static let optionalNumber = #"{"type":["integer","null"],"format":"int64","minimum":1}"#
  private static let time = #"{"type":"string","format":"date-time"}"#
  private static let optionalTime = #"{"type":["string","null"],"format":"date-time"}"#
  private static let optionalText = #"{"type":["string","null"]}"#
  private static let count = #"{"type":"integer","minimum":0}"#
  private static let phone = #"{"type":"string","pattern":"^254[17][0-9]{8}$","examples":["254712345678"]}"#

  /// Spaces and dashes may stand anywhere between the digits.
  static let phoneInput =
    #"{"type":"string","maxLength":40,"pattern":"^(\\+[ -]?2[ -]?5[ -]?4[ -]?|2[ -]?5[ -]?4[ -]?|0[ -]?)?[17]([ -]?[0-9]){8}$","examples":["0712 345 678","254712345678"]}"#

  static func values(_ names: [String], orNull: Bool = false) -> String {
    let all = names.map { "\"\($0)\"" } + (orNull ? ["null"] : [])
    return #"{"enum":[\#(all.joined(separator: ","))]}"#
  }

  private static let paymentStatus = values(PaymentStatus.allCases.map(\.rawValue))
  private static let reason = values(Reason.allCases.map(\.rawValue), orNull: true)
  private static let flags =
    #"{"type":"array","uniqueItems":true,"items":{"enum":["late_success","duplicate_payment","receipt_missing","contradicted"]}}"#

  /// An object whose members are all there and no others.
  private static func object(_ members: [(String, String)], description: String = "") -> String {
    let names = members.map { "\"\($0.0)\"" }.joined(separator: ",")
    let properties = members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
    let text = description.isEmpty ? "" : "\"description\":\(DocumentedOperation.text(description)),"
    return
      #"{"type":"object",\#(text)"required":[\#(names)],"additionalProperties":false,"properties":{\#(properties)}}"#
  }

  private static let error = object(
    [
      ("status", #"{"const":"error"}"#), ("code", values(ErrorCode.allCases.map(\.rawValue))),
      ("message", #"{"type":"string","minLength":1}"#), ("field", optionalText),
    ],
    description:
      "The one shape of all errors. Branch on code: it is stable. message is for people; field names what is wrong.")

  private static let newOrder = #"""
    {"type":"object","required":["amount","reference"],"properties":{
    "amount":{"description":"Shillings as text or as a number.","examples":["1500.00"],"anyOf":[
    {"type":"string","pattern":"^([1-9][0-9]{0,11}(\\.[0-9]{1,2})?|0\\.(0[1-9]|[1-9][0-9]?))$"},
    {"type":"number","exclusiveMinimum":0,"maximum":999999999999.99,"multipleOf":0.01}]},
    "reference":{"type":"string","description":"The merchant's name for the order; the shopper sees it in the prompt.",
    "minLength":1,"maxLength":12,"pattern":"^[ -]*[A-Za-z0-9][A-Za-z0-9 -]*$","examples":["INV-9"]},
    "description":{"type":["string","null"],"maxLength":100,"pattern":"^[^\\u0000-\\u001f\\u007f-\\u009f]*$","default":""},
    "success_url":\#(returnURL("a shopper who paid goes")),"cancel_url":\#(returnURL("a shopper who does not want to pay goes")),
    "expires_in_seconds":{"type":["integer","null"],"minimum":\#(CheckoutTerms.lifetimes.lowerBound),
    "maximum":\#(CheckoutTerms.lifetimes.upperBound),"default":\#(CheckoutTerms.standardLifetime),
    "description":"How long the checkout page takes the payment."}}}
    """#

  private static func returnURL(_ who: String) -> String {
    let pattern = CheckoutTerms.returnURLPattern.replacing("\\", with: "\\\\")
    return
      #"{"type":["string","null"],"maxLength":\#(CheckoutTerms.maximumURLLength),"pattern":"\#(pattern)","description":"Where \#(who): https, or http on the same machine."}"#
  }

  private static let order = object([
    ("order_id", number), ("amount", amount), ("description", #"{"type":"string"}"#),
    ("reference", #"{"type":"string"}"#), ("status", values(["unpaid", "paid"])),
    ("paid_by_transaction_id", optionalNumber), ("created_at", time), ("expires_at", optionalTime),
    ("success_url", optionalText), ("cancel_url", optionalText),
    (
      "checkout_url",
      #"{"type":["string","null"],"description":"Where the shopper pays; null where that is not set up."}"#
    ),
  ])

  private static let initiation = #"""
    {"type":"object","required":["order_id","phone_number"],"properties":{
    "order_id":{"description":"As a number or as text.","anyOf":[\#(number),{"type":"string","pattern":"^0*[1-9][0-9]{0,17}$","maxLength":19}]},
    "phone_number":\#(phoneInput)}}
    """#

  private static let initiated = object([
    ("status", values(["success", "pending"])), ("message", #"{"type":"string"}"#), ("transaction_id", number),
    ("checkout_request_id", optionalText), ("customer_message", #"{"type":"string"}"#),
  ])

  private static let status = object([
    (
      "transaction",
      object([
        ("transaction_id", number), ("payment_status", paymentStatus), ("mpesa_receipt_number", optionalText),
        ("amount", amount), ("phone_number", phone), ("reason", reason), ("flags", flags),
      ])
    ),
    (
      "mpesa_status",
      object(
        [("ResultCode", optionalText), ("ResultDesc", optionalText)],
        description: "The last result that counted, as Safaricom wrote it.")
    ),
  ])

  private static let transaction = object([
    ("transaction_id", number), ("order_id", number), ("payment_status", paymentStatus), ("reason", reason),
    ("flags", flags), ("amount", amount), ("received_amount", optionalAmount), ("phone_number", phone),
    ("mpesa_receipt_number", optionalText),
    ("push_status", values(PushState.allCases.map(\.rawValue))), ("checkout_request_id", optionalText),
    ("merchant_request_id", optionalText), ("result_code", optionalText), ("result_description", optionalText),
    ("user_id", #"{"type":"string"}"#), ("created_at", time), ("settled_at", optionalTime), ("queries", count),
    ("last_query_at", optionalTime), ("next_query_at", optionalTime),
  ])

  private static let transactionPage = object([
    ("transactions", ##"{"type":"array","maxItems":200,"items":{"$ref":"#/components/schemas/Transaction"}}"##),
    (
      "next", #"{"type":["string","null"],"description":"The value of after for the next page; null on the last one."}"#
    ),
  ])

  private static let transactionDetail = object([
    ("transaction", ##"{"$ref":"#/components/schemas/Transaction"}"##),
    ("timeline", ##"{"type":"array","maxItems":500,"items":{"$ref":"#/components/schemas/TimelineLine"}}"##),
    ("deliveries", ##"{"type":"array","maxItems":100,"items":{"$ref":"#/components/schemas/Delivery"}}"##),
  ])

  private static let timelineLine = object([
    ("id", number), ("at", time), ("kind", values(TimelineEvent.Kind.allCases.map(\.rawValue))),
    ("source", values(TimelineEvent.Source.allCases.map(\.rawValue))), ("payment_status", paymentStatus),
    ("reason", reason), ("result_code", optionalText), ("detail", #"{"type":"string"}"#),
    ("delivery_id", optionalNumber),
  ])

  private static let delivery = object(
    [
      ("delivery_id", number), ("received_at", time), ("source", optionalText), ("is_trusted", #"{"type":"boolean"}"#),
      ("state", values(DeliveryState.allCases.map(\.rawValue))), ("note", optionalText),
    ],
    description:
      "A callback, without its body. source and note are shown to staff only. is_trusted: it came to the address that holds the transaction's own token."
  )

  private static let accepted = object([("ResultCode", #"{"const":0}"#), ("ResultDesc", #"{"const":"Accepted"}"#)])

  private static let health = object([("status", values(["ok", "ready"]))])

  private static let webhookEvent = object([
    ("type", values(Payments.Notification.allCases.map(\.rawValue))), ("timestamp", time),
    (
      "data",
      object([
        ("transaction_id", number), ("order_id", number), ("order_reference", #"{"type":"string"}"#),
        ("status", paymentStatus), ("reason", reason), ("flags", flags), ("amount", amount),
        ("received_amount", optionalAmount), ("receipt", optionalText), ("phone_number", phone),
        ("checkout_request_id", optionalText), ("result_code", optionalText), ("result_description", optionalText),
        ("settled_at", optionalTime), ("evidence", values(TimelineEvent.Source.allCases.map(\.rawValue))),
        ("event", values(TimelineEvent.Kind.allCases.map(\.rawValue))), ("detail", #"{"type":"string"}"#),
      ])
    ),
  ])
}
