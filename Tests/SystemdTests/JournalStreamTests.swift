import Foundation
import Systemd
import Testing

@Suite struct JournalStreamTests {
  @Test func theVariableNamesADeviceAndAnInode() throws {
    let stream = try #require(JournalStream("9:73119"))
    #expect(stream.device == 9)
    #expect(stream.inode == 73_119)
  }

  @Test(arguments: ["", "9", "9:", ":9", "9:73119:1", "a:b", "-1:2"])
  func anythingElseIsNone(text: String) { #expect(JournalStream(text) == nil) }

  @Test func onlyTheStreamItNamesIsTheJournal() throws {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    var status = stat()
    try #require(fstat(ends[1], &status) == 0)
    let stream = try #require(JournalStream("\(status.st_dev):\(status.st_ino)"))
    #expect(stream.isFile(of: ends[1]))
    #expect(!stream.isFile(of: -1))
    #expect(!stream.isFile(of: STDIN_FILENO))
  }

  @Test func standardErrorThatWasRedirectedDoesNotGoThere() async {
    await #expect(processExitsWith: .success) {
      var ends: [CInt] = [0, 0]
      #expect(pipe(&ends) == 0)
      var status = stat()
      #expect(fstat(ends[1], &status) == 0)
      setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
      #expect(!JournalStream.hasStandardError())
      let before = dup(2)
      dup2(ends[1], 2)
      #expect(JournalStream.hasStandardError())
      dup2(before, 2)
      #expect(!JournalStream.hasStandardError())
      unsetenv("JOURNAL_STREAM")
      #expect(!JournalStream.hasStandardError())
    }
  }
}

@Suite struct WatchdogIntervalTests {
  @Test func itIsWhatTheUnitSays() async {
    await #expect(processExitsWith: .success) {
      unsetenv("WATCHDOG_USEC")
      #expect(WatchdogInterval.ofThisProcess == nil)
      setenv("WATCHDOG_USEC", "20000000", 1)
      #expect(WatchdogInterval.ofThisProcess == .seconds(20))
      setenv("WATCHDOG_PID", "1", 1)
      #expect(WatchdogInterval.ofThisProcess == nil, "another process is watched")
      setenv("WATCHDOG_PID", "\(getpid())", 1)
      #expect(WatchdogInterval.ofThisProcess == .seconds(20))
    }
  }
}
