import NIOCore
import Payments

/// A callback while its bytes come in.
struct CallbackRequest {
  /// What the body is for. What is refused is answered when it is complete.
  enum Purpose {
    /// To be stored, as evidence for this transaction or for none.
    case delivery(token: ProvenToken?, CallbackRules.Proof)
    /// To be dropped: a delivery that is not taken from its sender.
    case turnedAway(APIError, CallbackRules.Proof)
    /// To be dropped: no delivery.
    case refusal(APIError, withoutBody: Bool)
  }

  let purpose: Purpose
  private let limit: Int
  private let announced: Int?
  private(set) var body = ByteBuffer()
  private var received = 0

  /// - Parameters:
  ///   - announced: the Content-Length, if there was one.
  ///   - limit: the largest body in bytes.
  init(_ purpose: Purpose, announced: Int?, limit: Int) {
    self.purpose = purpose
    self.announced = announced
    self.limit = limit
  }

  /// Whether the announced body cannot be taken.
  var isTooLarge: Bool { (announced ?? 0) > limit }

  /// What is answered to a body that is too large.
  var tooLarge: APIError {
    switch purpose {
    case .delivery(_, .token), .turnedAway, .refusal:
      APIError(.bodyTooLarge, "The body is larger than \(limit) bytes. Send less.")
    case .delivery:
      APIError(
        .bodyTooLarge,
        "This address proves nothing, so that it takes no body above \(limit) bytes. Results of Safaricom's are smaller."
      )
    }
  }

  /// What the address of a delivery proves; nil for what is no delivery.
  var proof: CallbackRules.Proof? {
    switch purpose {
    case .delivery(_, let proof), .turnedAway(_, let proof): proof
    case .refusal: nil
    }
  }

  /// Takes a part of the body. False when the whole became too large.
  mutating func append(_ part: inout ByteBuffer) -> Bool {
    received += part.readableBytes
    guard received <= limit else { return false }
    guard case .delivery = purpose else { return true }
    if body.readableBytes == 0, part.readableBytes == announced {
      // The usual case, a body that came in one piece: no copy.
      body = part
    } else {
      body.reserveCapacity(minimumWritableBytes: max(part.readableBytes, (announced ?? 0) - body.readableBytes))
      body.writeBuffer(&part)
    }
    return true
  }
}
