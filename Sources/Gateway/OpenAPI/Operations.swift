/// Every operation of the API. A test holds this list together with the router's.
enum DocumentedOperations {
  static let all = payments + orders + callbacks + operations

  static let id =
    #"{"name":"id","in":"path","required":true,"schema":\#(Schemas.number),"example":1}"#
  private static let transactions = "/api/payments/transactions/"

  private static let idempotencyKey =
    #"{"name":"Idempotency-Key","in":"header","description":"Says that two requests are one: the same key with the same body has the same answer for 24 hours, with Idempotency-Replayed: true; with another body it is an error.","schema":{"type":"string","pattern":"^[!-~]{1,255}$"}}"#
  private static let replayed =
    #""Idempotency-Replayed":{"description":"There when this answer was given before.","schema":{"const":"true"}}"#

  static func reference(_ schema: String) -> String { ##"{"$ref":"#/components/schemas/\##(schema)"}"## }

  static func json(_ schema: String, example: String) -> String {
    #"{"required":true,"content":{"application/json":{"schema":\#(reference(schema)),"example":\#(example)}}}"#
  }

  private static func filter(_ name: String, _ schema: String, _ description: String) -> String {
    #"{"name":"\#(name)","in":"query","description":\#(DocumentedOperation.text(description)),"schema":\#(schema)}"#
  }

  private static let payments: [DocumentedOperation] = [
    DocumentedOperation(
      method: .post, path: transactions + "initiate_mpesa_payment/", id: "initiatePayment", tag: "Payments",
      summary: "Prompt a shopper to pay an order",
      description: """
        Sends an M-Pesa prompt to a phone. While an order's prompt is open, asking again answers with it and sends none. The answer \
        says that the prompt was sent, not that it was paid.
        """,
      parameters: [idempotencyKey],
      body: json("Initiation", example: #"{"order_id":1,"phone_number":"0712345678"}"#),
      successes: [
        .init(status: 200, description: "A prompt is on the phone.", schema: reference("Initiated"), headers: replayed),
        .init(
          status: 202, description: "Safaricom's answer was lost: a prompt may or may not come.",
          schema: reference("Initiated"), headers: replayed),
      ],
      errors: [
        .missingField, .invalidOrderID, .invalidPhoneNumber, .orderNotFound, .orderPaid, .orderInReview,
        .amountNotPromptable, .pushRefused, .phoneBusy, .darajaBusy, .darajaConfiguration, .receiveOnly,
        .transactionNotFound, .coolingDown, .rateLimited, .invalidIdempotencyKey, .idempotencyMismatch,
      ]),
    DocumentedOperation(
      method: .get, path: transactions + "{id}/check_mpesa_status/", id: "checkStatus", tag: "Payments",
      summary: "What is known of a payment",
      description: """
        Answers from the ledger. When the payment's next question to Safaricom is due and the budget allows it, Safaricom is asked \
        first; polling costs no more questions than the schedule has.
        """,
      parameters: [id],
      successes: [.init(status: 200, description: "Where the payment stands.", schema: reference("Status"))],
      errors: [.transactionNotFound]),
    DocumentedOperation(
      method: .post, path: transactions + "{id}/verify/", id: "verifyPayment", tag: "Payments",
      summary: "Ask Safaricom now",
      description: """
        Asks Safaricom now instead of waiting for the schedule, within the budget and at most once in 10 seconds for each payment; within \
        these the last answer is given again. A payment that is over is answered from what is known. Where the budget is spent, the request \
        waits for its turn for up to 5 seconds. If that is not enough, the answer is 503 `query_later`: the question keeps its place and \
        is put in its turn, and a call after the seconds of Retry-After gets the answer at once.
        """,
      parameters: [id],
      successes: [.init(status: 200, description: "Where the payment stands.", schema: reference("Status"))],
      errors: [.transactionNotFound, .queryLater, .receiveOnly, .rateLimited]),
    DocumentedOperation(
      method: .get, path: transactions, id: "listTransactions", tag: "Payments", summary: "List transactions",
      description: "Newest first, a page at a time. Staff sees all transactions, everybody else those they started.",
      parameters: [
        filter("after", Schemas.number, "The value of next in the page before."),
        filter("limit", #"{"type":"integer","minimum":1,"maximum":200,"default":50}"#, "Transactions on the page."),
        filter("status", Schemas.values(["pending", "completed", "failed", "review"]), "Where the payment stands."),
        filter("phone_number", Schemas.phoneInput, "Whom the prompt was sent to, in any spelling."),
        filter("receipt", #"{"type":"string","pattern":"^[A-Za-z0-9]{1,32}$"}"#, "The receipt of the money that came."),
        filter("order_id", Schemas.number, "The order that it is meant to pay."),
        filter(
          "checkout_request_id", #"{"type":"string","pattern":"^[!-~]{1,64}$"}"#, "Safaricom's name for the prompt."),
        filter("created_from", #"{"type":"string","format":"date-time"}"#, "The first moment, RFC 3339."),
        filter(
          "created_to", #"{"type":"string","format":"date-time"}"#, "The first moment that is too late, RFC 3339."),
      ],
      successes: [.init(status: 200, description: "A page.", schema: reference("TransactionPage"))],
      errors: [.invalidParameter]),
    DocumentedOperation(
      method: .get, path: transactions + "{id}/", id: "showTransaction", tag: "Payments",
      summary: "All that is known of a transaction",
      description: "Its facts, its timeline, oldest line first, and what was delivered for it.", parameters: [id],
      successes: [.init(status: 200, description: "The transaction.", schema: reference("TransactionDetail"))],
      errors: [.transactionNotFound]),
    DocumentedOperation(
      method: .get, path: transactions + "{id}/events", id: "watchTransaction", tag: "Payments",
      summary: "A payment as it happens, as server-sent events",
      description: """
        The newest line of the timeline comes at once, then each further one after its commit, as an event `transaction` whose data \
        is {"event": a TimelineLine, "transaction": a Transaction}. A comment comes every 15 seconds of silence. The stream ends when \
        the payment is completed or failed, and after 10 minutes in any case; connect again with the last event's id in \
        Last-Event-ID, as browsers do, to go on without a gap.
        """,
      parameters: [
        id,
        #"{"name":"Last-Event-ID","in":"header","description":"The last event's id that the client has; anything else is taken for none.","schema":{"type":"string"}}"#,
      ],
      successes: [
        .init(
          status: 200, description: "The stream.", contentType: "text/event-stream",
          schema:
            #"{"description":"Each event.","type":"object","required":["id","event","data"],"properties":{"id":{"type":"string","pattern":"^[0-9]+$"},"event":{"const":"transaction"},"data":{"type":"string","contentMediaType":"application/json"}}}"#,
          headers: #""X-Accel-Buffering":{"schema":{"const":"no"}}"#),
        .init(
          status: 204, description: "The payment is over and nothing more is to come. Browsers stop connecting.",
          contentType: nil),
      ],
      errors: [.transactionNotFound, .tooManyStreams, .streamsFull]),
  ]

  private static let orders: [DocumentedOperation] = [
    DocumentedOperation(
      method: .post, path: "/api/orders/", id: "createOrder", tag: "Orders", summary: "Make an order",
      description: """
        What is owed is fixed here, so that an amount never comes from a shopper's browser. Send the shopper to checkout_url: the page \
        there takes the payment and leads to success_url or cancel_url. That somebody comes to success_url proves nothing.
        """,
      parameters: [idempotencyKey],
      body: json("NewOrder", example: #"{"amount":"1500.00","reference":"INV-9","description":"Two chairs"}"#),
      successes: [
        .init(
          status: 201, description: "The order.", schema: reference("Order"),
          headers:
            #""Location":{"required":true,"description":"The order's address.","schema":{"type":"string","format":"uri-reference"}},"#
            + replayed)
      ],
      errors: [
        .missingField, .invalidAmount, .invalidReference, .invalidDescription, .invalidReturnURL, .invalidExpiry,
        .invalidIdempotencyKey, .idempotencyMismatch,
      ]),
    DocumentedOperation(
      method: .get, path: "/api/orders/{id}/", id: "showOrder", tag: "Orders", summary: "An order",
      description: "What is owed, and whether it is paid.", parameters: [id],
      successes: [.init(status: 200, description: "The order.", schema: reference("Order"))], errors: [.orderNotFound]),
  ]

  private static let callbacks: [DocumentedOperation] = CallbackPath.bases.enumerated().flatMap { number, base in
    [false, true].map { hasToken in
      DocumentedOperation(
        method: .post, path: base + (hasToken ? "/{token}/" : "/"),
        id: "receiveCallback\(number + 1)\(hasToken ? "WithToken" : "")", tag: "Callbacks",
        summary: hasToken ? "A callback to a transaction's own address" : "A callback to the bare address",
        description: """
          For Safaricom. The body is kept as it came, whatever it is, and the answer is 200 only when it is on the disk. \
          Up to \(hasToken ? "64 KiB with a right token, 4 KiB with a wrong one" : "4 KiB"). \
          \(hasToken
            ? "A right token proves the transaction; with a wrong one the body is kept as what a stranger said."
            : "What comes here settles nothing by itself: Safaricom is asked.")
          """,
        access: .callbacks,
        parameters: hasToken
          ? [
            #"{"name":"token","in":"path","required":true,"schema":{"type":"string","minLength":1},"example":"1.0123456789abcdef0123456789abcdef"}"#
          ] : [],
        body: #"{"description":"A result of an STK push.","content":{"application/json":{"schema":true}}}"#,
        successes: [
          .init(
            status: 200, description: "The body is on the disk.", schema: reference("Accepted"),
            example: #"{"ResultCode":0,"ResultDesc":"Accepted"}"#)
        ],
        errors: [.bodyTooLarge, .sourceNotAllowed, .rateLimited, .storeUnavailable, .storeOverloaded, .stopping])
    }
  }

  private static let operations: [DocumentedOperation] = [
    DocumentedOperation(
      method: .get, path: "/healthz", id: "health", tag: "Operations", summary: "Whether the process works",
      description:
        "The process answers, the database can be read, and the writer gets on. What fails here a restart may mend.",
      access: .everybody,
      successes: [.init(status: 200, description: "It does.", schema: reference("Health"))]),
    DocumentedOperation(
      method: .get, path: "/readyz", id: "readiness", tag: "Operations", summary: "Whether callbacks can be taken",
      description:
        "A callback sent now would be made durable in the database. 503 while draining, and while the database does not commit.",
      access: .everybody,
      successes: [.init(status: 200, description: "They can.", schema: reference("Health"))]),
    DocumentedOperation(
      method: .get, path: "/metrics", id: "metrics", tag: "Operations", summary: "Numbers for Prometheus",
      description:
        "Prometheus' text format 0.0.4. For programs on this host without a token, and for staff; not through a proxy without one.",
      access: .thisHostAndStaff,
      successes: [
        .init(status: 200, description: "The numbers.", contentType: "text/plain", schema: #"{"type":"string"}"#)
      ]),
    DocumentedOperation(
      method: .get, path: "/openapi.json", id: "openapi", tag: "Operations", summary: "This document",
      description: "Has an ETag: send it back in If-None-Match to learn cheaply that nothing changed.",
      access: .everybody,
      parameters: [
        #"{"name":"If-None-Match","in":"header","description":"The ETag of the copy that the client has.","schema":{"type":"string"}}"#
      ],
      successes: [
        .init(
          status: 200, description: "The document.", schema: #"{"type":"object","required":["openapi","paths"]}"#,
          headers: #""ETag":{"required":true,"schema":{"type":"string"}}"#),
        .init(
          status: 304, description: "The client's copy is the current one.", contentType: nil,
          headers: #""ETag":{"required":true,"schema":{"type":"string"}}"#),
      ]),
  ]
}
