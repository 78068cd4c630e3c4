import Foundation
import Logging
import Systemd
import Testing

/// The environment belongs to the whole process, so each of these runs in a process of its own.
@Suite struct SystemdNotifierTests {
  @Test func allNoticesComeInOneMessage() async {
    await #expect(processExitsWith: .success) {
      let manager = try NotifySocket()
      setenv("NOTIFY_SOCKET", manager.path, 1)
      #expect(SystemdNotifier.hasListener)
      let notifier = SystemdNotifier(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      notifier.notify(.ready, .status("2 waiting"))
      notifier.notify(.stopping)
      #expect(manager.next() == "READY=1\nSTATUS=2 waiting")
      #expect(manager.next() == "STOPPING=1")
    }
  }

  @Test func withoutAManagerNobodyIsToldAndNothingIsSaid() async {
    await #expect(processExitsWith: .success) {
      unsetenv("NOTIFY_SOCKET")
      let journal = RecordedLog()
      #expect(!SystemdNotifier.hasListener)
      SystemdNotifier(logger: journal.logger).notify(.ready)
      #expect(journal.messages.isEmpty)
    }
  }

  @Test func aManagerThatIsNotThereIsComplainedOfOnce() async {
    await #expect(processExitsWith: .success) {
      let journal = RecordedLog()
      let notifier = SystemdNotifier(logger: journal.logger)
      let manager = try NotifySocket()
      setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1)
      notifier.notify(.ready)
      notifier.notify(.watchdog)
      #expect(journal.messages.count == 1)
      setenv("NOTIFY_SOCKET", manager.path, 1)
      notifier.notify(.watchdog)
      setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1)
      notifier.notify(.watchdog)
      #expect(journal.messages.count == 2)
    }
  }
}
