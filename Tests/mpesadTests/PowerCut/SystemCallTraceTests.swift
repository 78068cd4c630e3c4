import Foundation
import Testing

/// The trace's lines, as strace 6 writes them.
@Suite struct SystemCallTraceTests {
  /// Writes what is between bars as strace does with -xx.
  static func trace(_ lines: String...) -> String {
    lines.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).enumerated().map { index, part in
        index % 2 == 0 ? String(part) : part.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }.joined()
    }.joined(separator: "\n")
  }

  static func read(_ lines: String...) throws -> SystemCallTrace {
    var trace = SystemCallTrace(root: "/s")
    let text = lines.map { Self.trace($0) }.joined(separator: "\n") + "\n"
    try Array(text.utf8).withUnsafeBytes { try trace.read($0) }
    return trace
  }

  @Test func aCallOnOneLineHasItsBeginAndItsEnd() throws {
    let read = try Self.read(
      #"71    pwrite64(9<|/s/mpesad.db-wal|>, "|a"b\|", 4, 32) = 4"#, "7 fdatasync(9<|/s/mpesad.db-wal|>) = 0")
    #expect(
      read.events == [
        .begun(0, .write(path: "/s/mpesad.db-wal", descriptor: 9, offset: 32, Array(#"a"b\"#.utf8))),
        .ended(0, result: 4), .begun(1, .sync(path: "/s/mpesad.db-wal")), .ended(1, result: 0),
      ])
  }

  @Test func aCallOnTwoLinesBeginsWithTheFirstAndEndsWithTheSecond() throws {
    let read = try Self.read(
      "71 fdatasync(9<|/s/a|> <unfinished ...>", #"72 pwrite64(9<|/s/a|>, "|x|", 1, 0) = 1"#,
      "71 <... fdatasync resumed>)              = -1 EIO (Input/output error)")
    #expect(
      read.events == [
        .begun(0, .sync(path: "/s/a")), .begun(1, .write(path: "/s/a", descriptor: 9, offset: 0, [120])),
        .ended(1, result: 1), .ended(0, result: -1),
      ])
    #expect(read.unended.isEmpty)
  }

  @Test func aKilledCallHasNoEnd() throws {
    let read = try Self.read(
      #"71 pwrite64(9<|/s/a|>, "|x|", 1, 0 <unfinished ...>"#, #"72 pwrite64(9<|/s/a|>, "|y|", 1, 0)           = ?"#,
      "71 +++ killed by SIGKILL +++")
    #expect(read.events.count == 2)
    #expect(read.unended == [0, 1])
  }

  @Test func requestsAndAnswersBelongToTheirConnection() throws {
    let read = try Self.read(
      "75 read(31<|socket:[5]|>,  <unfinished ...>",
      #"76 write(32<|socket:[6]|>, "|HTTP/1.1 503 Service Unavailable|"..., 70 <unfinished ...>"#,
      #"75 <... read resumed>"|POST /|", 2048) = 6"#,
      #"75 writev(31<|socket:[5]|>, [{iov_base="|HTTP/1.1 |", iov_len=9}, {iov_base="|200 OK|", iov_len=6}], 2) = 15"#,
      #"75 read(31<|socket:[5]|>, "", 2048) = 0"#, #"75 write(7<|anon_inode:[eventfd]|>, "|12345678|", 8) = 8"#)
    #expect(
      read.events == [
        .answered(socket: "socket:[6]", status: 503), .received(socket: "socket:[5]", Array("POST /".utf8)),
        .answered(socket: "socket:[5]", status: 200),
      ])
  }

  @Test func opensSayWhatTheyMake() throws {
    let read = try Self.read(
      #"7 openat(AT_FDCWD<|/w|>, "|/s/a|", O_RDWR|O_CREAT|O_CLOEXEC, 0600) = 9<|/s/a|>"#.flags,
      #"7 openat(AT_FDCWD<|/w|>, "|/s/b|", O_WRONLY|O_CREAT|O_TRUNC|O_APPEND <unfinished ...>"#.flags,
      "7 <... openat resumed>) = 10<|/s/b|>",
      #"7 openat(AT_FDCWD<|/w|>, "|/s/c|", O_RDONLY) = -1 ENOENT (No such file)"#,
      #"7 openat(AT_FDCWD<|/w|>, "|/t/a|", O_RDONLY) = 9<|/t/a|>"#)
    #expect(
      read.events == [
        .opened(OpenedFile(path: "/s/a", descriptor: 9, creates: true)),
        .opened(OpenedFile(path: "/s/b", descriptor: 10, creates: true, truncates: true, appends: true)),
      ])
  }

  @Test func namesAndLengthsAreRead() throws {
    let read = try Self.read(
      #"7 rename("|/s/a|", "|/s/b|") = 0"#, #"7 renameat(AT_FDCWD<|/w|>, "|/s/a|", 4<|/s|>, "|b|") = 0"#,
      #"7 unlinkat(4<|/s|>, "|b|", 0) = 0"#, #"7 symlink("|/t/x|", "|/s/l|") = 0"#,
      #"7 linkat(4<|/s|>, "|a|", 4<|/s|>, "|c|", 0) = 0"#, "7 ftruncate(9<|/s/a|>, 0) = 0",
      "7 fallocate(9<|/s/a|>, 0, 4096, 8192) = 0", "7 lseek(9<|/s/a|>, 0, SEEK_END) = 8",
      #"7 pwritev(9<|/s/a|>, [{iov_base="|x|", iov_len=1}, {iov_base="|y|", iov_len=1}], 2, 7) = 2"#)
    let calls = read.events.compactMap { event -> DiskCall? in
      guard case .begun(_, let call) = event else { return nil }
      return call
    }
    #expect(
      calls == [
        .rename(from: "/s/a", to: "/s/b"), .rename(from: "/s/a", to: "/s/b"), .unlink(path: "/s/b"),
        .symbolicLink(path: "/s/l", target: "/t/x"), .link(from: "/s/a", to: "/s/c"),
        .resize(path: "/s/a", length: 0), .reserve(path: "/s/a", end: 12_288), .seek(descriptor: 9),
        .write(path: "/s/a", descriptor: 9, offset: 7, [120, 121]),
      ])
    #expect(read.events.last == .ended(8, result: 2))
  }

  @Test func whatNobodyFindsAfterAPowerCutDoesNotCount() throws {
    let read = try Self.read(
      #"7 pwrite64(9<|/s/mpesad.db-shm|>, "|x|", 1, 0) = 1"#, #"7 write(2<|/tmp/log|>, "|x|", 1) = 1"#,
      #"7 pwrite64(9<|/s2/a|>, "|x|", 1, 0) = 1"#, "7 fallocate(9<|/s/a|>, FALLOC_FL_KEEP_SIZE, 0, 8192) = 0")
    #expect(read.events.isEmpty)
    var model = DiskModel(["/s/a": [1]])
    for event in try Self.read(#"7 pwrite64(9<|/s/a|>(deleted), "|x|", 1, 0) = 1"#).events { model.apply(event) }
    #expect(model.visible == ["/s/a": [1]])
  }

  @Test func aTraceThatLacksBytesIsRefused() {
    #expect(throws: TraceError.stringCutOff) { try Self.read(#"7 pwrite64(9<|/s/a|>, "|x|"..., 90, 0) = 90"#) }
    #expect(throws: TraceError.notUnderstood("fallocate")) {
      try Self.read("7 fallocate(9<|/s/a|>, FALLOC_FL_PUNCH_HOLE, 0, 8192) = 0")
    }
  }
}

extension String {
  /// Bars between flags are no marks of the test's.
  fileprivate var flags: String { replacingOccurrences(of: "|O_", with: ",O_") }
}
