/// Every error the gateway answers with. Raw values are stable: clients branch on them.
enum ErrorCode: String, CaseIterable, Sendable {
  case malformedRequest = "malformed_request"
  case invalidJSON = "invalid_json"
  case invalidIdempotencyKey = "invalid_idempotency_key"
  case tokenMissing = "token_missing"
  case tokenInvalid = "token_invalid"
  case tokenExpired = "token_expired"
  /// Reserved for tokens that may do some things and not others.
  case forbidden
  case sourceNotAllowed = "source_not_allowed"
  case notFound = "not_found"
  case orderNotFound = "order_not_found"
  case transactionNotFound = "transaction_not_found"
  case methodNotAllowed = "method_not_allowed"
  case requestTimeout = "request_timeout"
  case orderPaid = "order_paid"
  case orderInReview = "order_in_review"
  case idempotencyMismatch = "idempotency_mismatch"
  case amountNotPromptable = "amount_not_promptable"
  case bodyTooLarge = "body_too_large"
  case unsupportedMediaType = "unsupported_media_type"
  case missingField = "missing_field"
  case invalidParameter = "invalid_parameter"
  case invalidOrderID = "invalid_order_id"
  case invalidPhoneNumber = "invalid_phone_number"
  case invalidAmount = "invalid_amount"
  case invalidReference = "invalid_reference"
  case invalidDescription = "invalid_description"
  case invalidReturnURL = "invalid_return_url"
  case invalidExpiry = "invalid_expiry"
  case pushRefused = "push_refused"
  case phoneBusy = "phone_busy"
  case coolingDown = "cooling_down"
  case rateLimited = "rate_limited"
  case tooManyStreams = "too_many_streams"
  case headersTooLarge = "headers_too_large"
  case internalError = "internal_error"
  case darajaBusy = "daraja_busy"
  case darajaConfiguration = "daraja_configuration"
  case queryLater = "query_later"
  case receiveOnly = "receive_only"
  case storeUnavailable = "store_unavailable"
  case storeOverloaded = "store_overloaded"
  case streamsFull = "streams_full"
  case stopping

  /// The HTTP status that goes with it.
  var status: Int { entry.status }

  /// What happened and what to do, for people, unless something more precise can be said.
  var sentence: String { entry.sentence }

  private var entry: (status: Int, sentence: String) {
    switch self {
    case .malformedRequest: (400, "This is not a well-formed HTTP request. Check the client.")
    case .invalidJSON: (400, "The body is not JSON. Send one JSON object.")
    case .invalidIdempotencyKey:
      (400, "Idempotency-Key must be one value of 1 to 255 visible ASCII characters, for example a UUID.")
    case .tokenMissing: (401, "No token was sent. Send the header Authorization: JWT <token>.")
    case .tokenInvalid: (401, "The token is not valid. Sign in again to get another one.")
    case .tokenExpired: (401, "The token has expired. Sign in again to get another one.")
    case .forbidden: (403, "This is not allowed with your token.")
    case .sourceNotAllowed:
      (403, "Callbacks are taken from listed addresses only. If yours is Safaricom's, tell the operator.")
    case .notFound: (404, "There is nothing at this address. Check the path.")
    case .orderNotFound: (404, "There is no such order. Check order_id.")
    case .transactionNotFound: (404, "There is no such transaction. Check its id.")
    case .methodNotAllowed: (405, "This address does not take this method. The Allow header lists those it takes.")
    case .requestTimeout: (408, "The request took too long to arrive. Send it again.")
    case .orderPaid: (409, "This order is paid. Do not ask for the money again.")
    case .orderInReview:
      (409, "Money may have come for this order; a person is looking. Do not ask for the money again.")
    case .idempotencyMismatch:
      (409, "This Idempotency-Key was used for another request. Use a new key for a new request.")
    case .amountNotPromptable:
      (
        409,
        "No prompt can ask for this order's amount: it must be whole shillings within M-Pesa's limits. Make a new order."
      )
    case .bodyTooLarge: (413, "The body is too large. Send less.")
    case .unsupportedMediaType: (415, "The body must be JSON. Send the header Content-Type: application/json.")
    case .missingField: (422, "A field is missing.")
    case .invalidParameter: (422, "A parameter of the query is unknown or not usable. Check its name and value.")
    case .invalidOrderID: (422, "order_id must be the whole number of an order.")
    case .invalidPhoneNumber: (422, "phone_number must be a Kenyan mobile number, for example 254712345678.")
    case .invalidAmount: (422, "amount must be shillings, for example \"1500.00\".")
    case .invalidReference: (422, "reference must have 1 to 12 of A-Z, a-z, 0-9, space and -.")
    case .invalidDescription: (422, "description must be text of at most 100 characters.")
    case .invalidReturnURL:
      (422, "success_url and cancel_url must be https addresses without a user, of at most 2000 characters.")
    case .invalidExpiry: (422, "expires_in_seconds must be a whole number from 60 to 31536000.")
    case .pushRefused: (422, "Safaricom refused the prompt. Correct the value and try again.")
    case .phoneBusy: (429, "Another prompt is open on this phone. Answer or cancel it there, or try again later.")
    case .coolingDown:
      (429, "The last prompt ended in doubt; another one now could ask for the money twice. Try again later.")
    case .rateLimited: (429, "Too many requests. Wait as long as the header Retry-After says.")
    case .tooManyStreams: (429, "You watch too many payments at once. Close one of the streams, or try again later.")
    case .headersTooLarge: (431, "The header of the request is too large. Send fewer and shorter fields.")
    case .internalError: (500, "Something went wrong here. It was logged; try again later.")
    case .darajaBusy: (503, "Safaricom is busy; no prompt was sent. Try again in a moment.")
    case .darajaConfiguration:
      (503, "Safaricom refused our settings; no prompt was sent. Tell the operator of this service.")
    case .queryLater:
      (503, "Safaricom cannot be asked right now. The question is put in its turn; come back when Retry-After says.")
    case .receiveOnly: (503, "This service is not set up to send prompts. Tell its operator.")
    case .storeUnavailable: (503, "Nothing can be stored now; nothing was done. Try again later.")
    case .storeOverloaded: (503, "Too much is waiting to be stored; nothing was done. Try again in a moment.")
    case .streamsFull:
      (503, "Too many payments are watched at once. Try again later, or ask for the status now and then.")
    case .stopping: (503, "The service is stopping; nothing was done. Try again in a moment.")
    }
  }
}
