import Logging
import Testing

@testable import mpesad

@Suite struct ThresholdLogTests {
  @Test func everyLoggerFollowsTheThresholdAtOnce() {
    let lines = LineRecorder()
    let threshold = LogThreshold(.info)
    let loggers = ["one", "two"].map { Logger(label: $0) { _ in ThresholdLog(lines.handler, threshold) } }
    for logger in loggers { logger.debug("before") }
    threshold.change(to: .debug)
    for logger in loggers { logger.debug("meanwhile") }
    threshold.change(to: .error)
    for logger in loggers { logger.warning("after") }
    #expect(lines.all.map { $0.contains("meanwhile") } == [true, true])
  }

  @Test func aLevelOfItsOwnStays() {
    let lines = LineRecorder()
    let threshold = LogThreshold(.info)
    var quiet = Logger(label: "quiet") { _ in ThresholdLog(lines.handler, threshold) }
    quiet.logLevel = .warning
    threshold.change(to: .trace)
    quiet.notice("not wanted")
    #expect(lines.all.isEmpty && quiet.logLevel == .warning)
  }

  @Test(arguments: Logger.Level.allCases) func everyLevelIsKept(level: Logger.Level) {
    let threshold = LogThreshold(.info)
    threshold.change(to: level)
    #expect(threshold.level == level)
  }

  @Test func fieldsOfTheLoggerAreKept() {
    let lines = LineRecorder()
    var logger = Logger(label: "one") { _ in ThresholdLog(lines.handler, LogThreshold(.info)) }
    logger[metadataKey: "order"] = "17"
    logger.info("Hello")
    #expect(lines.all.first?.contains("order=17") == true)
  }
}
