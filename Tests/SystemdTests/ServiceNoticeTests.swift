import Systemd
import Testing

@Suite struct ServiceNoticeTests {
  @Test(arguments: [
    (ServiceNotice.ready, "READY=1"),
    (.stopping, "STOPPING=1"),
    (.watchdog, "WATCHDOG=1"),
    (.watchdogTrigger, "WATCHDOG=trigger"),
    (.status("12 waiting"), "STATUS=12 waiting"),
    (.status("a\nREADY=1"), "STATUS=a READY=1"),
    (.errno(28), "ERRNO=28"),
    (.extendTimeout(by: .milliseconds(1_500)), "EXTEND_TIMEOUT_USEC=1500000"),
    (.reloading(at: .seconds(7) + .microseconds(5)), "RELOADING=1\nMONOTONIC_USEC=7000005"),
  ])
  func eachIsWhatTheManagerReads(notice: ServiceNotice, text: String) { #expect(notice.text == text) }

  @Test func reloadingTellsTheTimeOfTheManagersClock() throws {
    func uptime() -> Duration { SuspendingClock().systemEpoch.duration(to: .now) }
    let before = uptime()
    let text = ServiceNotice.reloading.text
    let after = uptime()
    let match = try #require(text.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=(\d+)/))
    let moment = Duration.microseconds(try #require(Int64(match.1)))
    #expect(moment + .microseconds(1) >= before && moment <= after)
  }

  @Test(arguments: ["x", "é", "😀"]) func aStatusIsCutOffBetweenCharacters(character: String) {
    let text = ServiceNotice.status(String(repeating: character, count: 2_000)).text
    #expect(text.utf8.count <= "STATUS=".utf8.count + ServiceNotice.longestStatus)
    #expect(text.utf8.count > ServiceNotice.longestStatus - 4)
    #expect(text.hasSuffix(character + "…"))
    #expect(!text.contains("\u{FFFD}"))
  }
}
