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
  ])
  func eachIsOneAssignment(notice: ServiceNotice, line: String) { #expect(notice.line == line) }
}
