import Foundation
import Testing

@testable import DarajaSimulator

@Suite struct CallbackBodiesTests {
  private let ids =
    #""MerchantRequestID":"2654-4b64-97ff-b827b542881d3130","CheckoutRequestID":"ws_CO_03022026101530250712345678""#

  @Test(arguments: [
    (0, "1500", ""), (1, "1500", #"{"Name":"Balance"},"#), (2, "1500.00", ""), (3, "1500.00", #"{"Name":"Balance"},"#),
  ]) func aSuccessInItsVariations(bits: UInt64, amount: String, balance: String) {
    let bodies = CallbackBodies(push: .sample(variation: Variation(bits: bits)), pace: 1)
    let expected =
      #"{"Body":{"stkCallback":{\#(ids),"ResultCode":0,"#
      + #""ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":["#
      + #"{"Name":"Amount","Value":\#(amount)},{"Name":"MpesaReceiptNumber","Value":"UB3AAAAAA1"},\#(balance)"#
      + #"{"Name":"TransactionDate","Value":20260203101533},{"Name":"PhoneNumber","Value":254712345678}]}}}}"#
    #expect(bodies.of(.paid, at: .seconds(3)) == expected)
  }

  @Test func aFailureHasNoMetadata() {
    let body = CallbackBodies(push: .sample(), pace: 1).of(.cancelled, at: .seconds(3))
    #expect(
      body == #"{"Body":{"stkCallback":{\#(ids),"ResultCode":1032,"ResultDesc":"Request cancelled by user"}}}"#)
  }

  @Test func aCodeThatIsNoNumberIsAStringWithOrWithoutIDs() {
    let tail = #""ResultCode":"E3008","ResultDesc":"Error, the user has a bad debt contract."}}}"#
    let with = CallbackBodies(push: .sample(variation: Variation(bits: 0)), pace: 1).of(.badDebt, at: .zero)
    #expect(with == #"{"Body":{"stkCallback":{\#(ids),\#(tail)"#)
    let without = CallbackBodies(push: .sample(variation: Variation(bits: 4)), pace: 1).of(.badDebt, at: .zero)
    #expect(without == #"{"Body":{"stkCallback":{\#(tail)"#)
  }

  @Test func aRawLineFeedMakesItInvalidJSONAndNothingElseDoes() throws {
    let body = CallbackBodies(push: .sample(), pace: 1).paidWithRawLineFeed(at: .zero)
    #expect(throws: (any Error).self) { try JSONSerialization.jsonObject(with: Data(body.utf8)) }
    let repaired = body.replacingOccurrences(of: "\n", with: "\\n")
    _ = try JSONSerialization.jsonObject(with: Data(repaired.utf8))
    #expect(body.contains("UB3AAAAAA1"))
  }

  @Test func theDateOfPaymentIsThatOfTheRealClock() {
    let body = CallbackBodies(push: .sample(), pace: 0.01).of(.paid, at: .seconds(300))
    #expect(body.contains("20260203101533"))
  }

  @Test func queryAnswersCarryTheCodeAsTextAndItsOwnWords() {
    let answer = WireAnswer.query(.final(.unreachable), about: .sample())
    #expect(answer.status == 200)
    #expect(
      answer.body
        == #"{"ResponseCode":"0","ResponseDescription":"The service request has been accepted successfully",\#(ids),"#
        + #""ResultCode":"1037","ResultDesc":"No response from user."}"#)
    #expect(
      WireAnswer.query(.pendingReduced, about: .sample()).body
        == #"{"ResultCode":"4999","ResultDesc":"The transaction is still under processing"}"#)
    let processing = WireAnswer.query(.processing, about: .sample())
    #expect(processing.status == 500)
    #expect(
      processing.body
        == #"{"requestId":"ws_CO_03022026101530250712345678","errorCode":"500.001.1001","#
        + #""errorMessage":"The transaction is being processed"}"#)
  }

  @Test func stringsAreEscapedAndEscapedOnlyOnce() {
    #expect(JSONText.string("a\"b\\c\n\u{1}é").rendered == #""a\"b\\c\u000a\u0001é""#)
  }
}
