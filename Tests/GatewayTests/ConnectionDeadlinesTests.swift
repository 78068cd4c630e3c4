import NIOCore
import Testing

@testable import Gateway

@Suite struct ConnectionDeadlinesTests {
  private func at(_ milliseconds: Int) -> NIODeadline {
    .uptimeNanoseconds(UInt64(1_000_000_000 + milliseconds * 1_000_000))
  }
  private var fresh: ConnectionDeadlines {
    ConnectionDeadlines(ConnectionDeadlines.Limits(GatewayDeadlines()), openedAt: at(0))
  }

  /// A connection that has had one request and its answer, both at this time.
  private func used(at time: Int) -> ConnectionDeadlines {
    var deadlines = fresh
    deadlines.bytesRead(at: at(time))
    deadlines.headRead(at: at(time))
    deadlines.requestRead()
    deadlines.answerWritten(at: at(time))
    return deadlines
  }

  @Test func aSilentConnectionIsClosedWithoutAWord() {
    var deadlines = fresh
    #expect(deadlines.deadline == at(5_000))
    #expect(deadlines.check(sent: 0, at: at(4_999)) == .wait)
    #expect(deadlines.check(sent: 0, at: at(5_000)) == .idle)
  }

  @Test func theFirstHeaderHasFiveSecondsFromTheOpening() {
    var deadlines = fresh
    deadlines.bytesRead(at: at(3_000))
    deadlines.bytesRead(at: at(4_900))
    #expect(deadlines.check(sent: 0, at: at(4_999)) == .wait)
    #expect(deadlines.check(sent: 0, at: at(5_000)) == .requestLate)
  }

  @Test func aLaterHeaderHasFiveSecondsFromItsFirstByte() {
    var deadlines = used(at: 1_000)
    deadlines.bytesRead(at: at(30_000))
    deadlines.bytesRead(at: at(34_000))
    #expect(deadlines.deadline == at(35_000))
    #expect(deadlines.check(sent: 0, at: at(35_000)) == .requestLate)
  }

  @Test func aBodyHasFifteenSecondsFromTheFirstByteHoweverSteadilyItDrips() {
    var deadlines = fresh
    deadlines.bytesRead(at: at(1_000))
    deadlines.headRead(at: at(2_000))
    for time in stride(from: 2_500, to: 16_000, by: 500) {
      deadlines.bytesRead(at: at(time))
      #expect(deadlines.check(sent: 0, at: at(time)) == .wait)
    }
    #expect(deadlines.check(sent: 0, at: at(16_000)) == .requestLate)
  }

  @Test func makingAnAnswerIsNotBounded() {
    var deadlines = fresh
    deadlines.bytesRead(at: at(0))
    deadlines.headRead(at: at(0))
    deadlines.requestRead()
    #expect(deadlines.deadline == nil)
    #expect(deadlines.check(sent: 0, at: at(3_600_000)) == .wait)
  }

  @Test func aPipelinedRequestIsOnTheClockOnlyWhenTheAnswerBeforeItIsOut() {
    var deadlines = fresh
    deadlines.bytesRead(at: at(0))
    deadlines.headRead(at: at(0))
    deadlines.requestRead()
    deadlines.bytesRead(at: at(100))
    #expect(deadlines.deadline == nil)
    deadlines.answerWritten(at: at(60_000))
    #expect(deadlines.deadline == at(65_000))
  }

  @Test func keptAliveConnectionsMayIdleForAMinute() {
    var deadlines = used(at: 1_000)
    #expect(deadlines.deadline == at(61_000))
    #expect(deadlines.check(sent: 0, at: at(60_999)) == .wait)
    #expect(deadlines.check(sent: 0, at: at(61_000)) == .idle)
  }

  @Test func anAnswerBeforeTheEndOfItsRequestLeavesTheBodyOnTheClock() {
    var deadlines = fresh
    deadlines.bytesRead(at: at(0))
    deadlines.headRead(at: at(0))
    deadlines.answerWritten(at: at(10))
    #expect(deadlines.deadline == at(15_000))
    #expect(!deadlines.isIdle)
    deadlines.requestRead()
    #expect(deadlines.isIdle)
    #expect(deadlines.deadline == at(60_010))
  }

  @Test func aClientThatTakesNothingOfItsAnswerIsCut() {
    var deadlines = used(at: 0)
    deadlines.writabilityChanged(to: false, sent: 100, at: at(1_000))
    #expect(deadlines.check(sent: 100, at: at(60_999)) == .wait)
    #expect(deadlines.check(sent: 100, at: at(61_000)) == .stalled)
  }

  @Test func aClientThatTakesSomethingOfItsAnswerIsNot() {
    var deadlines = used(at: 0)
    deadlines.writabilityChanged(to: false, sent: 100, at: at(1_000))
    #expect(deadlines.check(sent: 101, at: at(61_000)) == .wait)
    #expect(deadlines.deadline == at(121_000))
    #expect(deadlines.check(sent: 101, at: at(121_000)) == .stalled)
    deadlines.writabilityChanged(to: true, sent: 5_000, at: at(121_500))
    #expect(deadlines.deadline == at(181_500))
  }

  @Test func afterTheLastAnswerTheClientHasAMomentToReadIt() {
    var deadlines = used(at: 0)
    deadlines.leavingBegan(sent: 10, at: at(1_000))
    #expect(deadlines.deadline == at(61_000))
    deadlines.outputClosed(at: at(1_100))
    #expect(deadlines.check(sent: 10, at: at(3_099)) == .wait)
    #expect(deadlines.check(sent: 10, at: at(3_100)) == .lingered)
  }

  @Test func onlyConnectionsIdleForAWhileMakeRoom() {
    var deadlines = used(at: 0)
    #expect(!deadlines.shouldMakeRoom(at: at(1_999)))
    #expect(deadlines.shouldMakeRoom(at: at(2_000)))
    deadlines.bytesRead(at: at(2_000))
    #expect(!deadlines.shouldMakeRoom(at: at(3_000)))
  }
}
