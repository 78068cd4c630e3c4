import Payments

/// What the merchant's own system is sent, as the document describes it.
enum DocumentedWebhooks {
  /// The webhooks object, as JSON: one operation, since all events come to one address.
  static let json = """
    {"payment":{"post":{"operationId":"paymentEvent","tags":["Webhooks"],"summary":"A payment was settled, or what was said of it changed",\
    "description":\(DocumentedOperation.text(description)),"security":[],"parameters":[\(parameters)],\
    "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/WebhookEvent"},\
    "example":\(example)}}},"responses":{"2XX":{"description":"Taken. Anything else is tried again for 3 days."}}}}}
    """

  private static let description = """
    Sent to mpesa_webhook_url, signed as Standard Webhooks has it: webhook-signature holds `v1,` and the base64 of HMAC-SHA-256 over \
    `webhook-id.webhook-timestamp.body`. At least once, in order for each transaction, with the same webhook-id in every attempt.
    """

  private static let parameters = ["webhook-id", "webhook-timestamp", "webhook-signature"].map {
    #"{"name":"\#($0)","in":"header","required":true,"schema":{"type":"string"}}"#
  }.joined(separator: ",")

  private static let example = #"""
    {"type":"payment.completed","timestamp":"2026-11-25T09:30:05.120000Z","data":{"transaction_id":1,"order_id":1,
    "order_reference":"INV-9","status":"completed","reason":null,"flags":[],"amount":"1500.00","received_amount":null,
    "receipt":"UKP7RT61SV","phone_number":"254712345678","checkout_request_id":"ws_CO_25112026123000123712345678",
    "result_code":"0","result_description":"The service request is processed successfully.",
    "settled_at":"2026-11-25T09:30:05.120000Z","evidence":"callback","event":"completed","detail":"Paid, receipt UKP7RT61SV."}}
    """#
}
