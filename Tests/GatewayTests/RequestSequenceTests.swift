import Testing

@testable import Gateway

@Suite struct RequestSequenceTests {
  @Test func theNextRequestBeginsWhenRequestAndAnswerAreComplete() {
    var sequence = RequestSequence()
    sequence.begin(.router, keepsAlive: true)
    #expect(sequence.requestEnded() == .wait)
    sequence.answerBegan()
    #expect(sequence.answerEnded() == .takeNext)
    #expect(sequence.owner == nil)
  }

  @Test func anEarlyAnswerWaitsForTheRestOfItsRequest() {
    var sequence = RequestSequence()
    sequence.begin(.router, keepsAlive: true)
    sequence.answerBegan()
    #expect(sequence.answerEnded() == .wait)
    #expect(sequence.owner == .router)
    #expect(sequence.requestEnded() == .takeNext)
  }

  @Test func theLastAnswerEndsTheConnectionAtOnce() {
    var sequence = RequestSequence()
    sequence.begin(.ingest, keepsAlive: true)
    sequence.stopKeepingAlive()
    #expect(sequence.answerEnded() == .close)
    #expect(sequence.isOver)
    #expect(sequence.requestEnded() == .wait)
  }

  @Test func aNewRequestStartsAfresh() {
    var sequence = RequestSequence()
    sequence.begin(.ingest, keepsAlive: true)
    _ = sequence.requestEnded()
    _ = sequence.answerEnded()
    sequence.begin(.router, keepsAlive: false)
    #expect(sequence.answer == .none)
    #expect(sequence.isReading)
    #expect(!sequence.keepsAlive)
  }
}
