import DarajaSimulator
import Payments
import Testing

@testable import mpesad

@Suite struct ExpectedEndingTests {
  /// The shopper's purse and the order agree, except where a person has to look.
  @Test(arguments: Story.allCases) func onlyMoneyThatCamePaysAnOrder(_ story: Story) {
    let expected = ExpectedEnding.of(story)
    if expected.paysOrder { #expect(story.customerPaid) }
    if story.customerPaid, !expected.paysOrder { #expect(expected.status == .review) }
  }

  @Test(arguments: Story.allCases) func everyStoryEndsAndSaysWhy(_ story: Story) {
    let expected = ExpectedEnding.of(story)
    #expect(expected.status != .pending)
    #expect((expected.reason == nil) == (expected.status == .completed))
    #expect(!expected.shopper.isEmpty)
    #expect(!expected.knownBy.isEmpty)
  }

  /// A query tells no receipt; what a callback alone settled as paid has one.
  @Test(arguments: Story.allCases) func receiptsComeFromCallbacks(_ story: Story) {
    let expected = ExpectedEnding.of(story)
    if expected.hasReceipt { #expect(expected.deliveries > 0) }
    #expect(expected.flags.contains(.receiptMissing) == (expected.status == .completed && !expected.hasReceipt))
    if expected.knownBy.contains(.callback) { #expect(expected.deliveries > 0) }
  }

  @Test func lostAnswersLeaveThePromptUncertain() {
    let uncertain = Story.allCases.filter { ExpectedEnding.of($0).prompt == .uncertain }
    #expect(uncertain == [.answerLost, .blockPage, .emptyBody])
  }

  @Test func allShoppersComeOnce() {
    #expect(Set(DemoProgramme.arrivals) == Set(Story.allCases))
    #expect(DemoProgramme.arrivals.count == Story.allCases.count)
  }
}
