#if canImport(Glibc)
  import Glibc
#endif

/// Reads what `strace -f -y -xx` wrote: one call a line, or two where another thread came between its begin and its end.
struct SystemCallTrace {
  /// The calls that are traced. Those with a question mark do not exist on every architecture.
  static let calls =
    "?open,openat,?creat,pwrite64,write,writev,pwritev,pwritev2,lseek,ftruncate,fallocate,fsync,fdatasync,?rename,renameat,"
    + "renameat2,?link,linkat,?symlink,symlinkat,?unlink,unlinkat,sendto,sendmsg,read,recvfrom"

  private struct Unfinished {
    let text: [UInt8]
    let number: Int
  }

  private(set) var events: [TraceEvent] = []
  /// Calls that began and did not end, for instance because the program was killed.
  var unended: [Int] { begunCalls.sorted() }
  private let root: String
  private var number: Int
  private var unfinished: [Int: Unfinished] = [:]
  private var begunCalls: Set<Int> = []

  /// - Parameters:
  ///   - root: only files below this directory count; it must be an absolute path without symbolic links.
  ///   - first: the number of the first call, above those of an earlier trace that this one continues.
  init(root: String, first: Int = 0) {
    self.root = root
    number = first
  }

  /// The number that the next call would have.
  var nextNumber: Int { number }

  mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    var start = 0
    while start < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      let found = rest.baseAddress.flatMap { memchr($0, 0x0a, rest.count) }
      let length = found.map { rest.baseAddress?.distance(to: UnsafeRawPointer($0)) ?? rest.count } ?? rest.count
      try read(line: UnsafeRawBufferPointer(rebasing: rest[..<length]))
      start += length + 1
    }
  }

  private mutating func read(line: UnsafeRawBufferPointer) throws {
    guard var cursor = TraceCursor(line), let thread = cursor.number() else { return }
    cursor.skipSpaces()
    if cursor.skip("<... ") {
      guard let begun = unfinished.removeValue(forKey: thread), cursor.skip(past: " resumed>") else { return }
      let whole = begun.text + line[cursor.place...]
      try whole.withUnsafeBytes { try end(begun.number, $0) }
      return
    }
    let call = UnsafeRawBufferPointer(rebasing: line[cursor.place...])
    let mark: StaticString = " <unfinished ...>"
    let length = call.count - mark.utf8CodeUnitCount
    if length > 0, let base = call.baseAddress, memcmp(base + length, mark.utf8Start, mark.utf8CodeUnitCount) == 0 {
      let begin = UnsafeRawBufferPointer(rebasing: call[..<length])
      try self.begin(number, begin)
      unfinished[thread] = Unfinished(text: Array(begin), number: number)
    } else {
      try begin(number, call)
      try end(number, call)
    }
    number += 1
  }

  private mutating func begin(_ number: Int, _ call: UnsafeRawBufferPointer) throws {
    guard var cursor = TraceCursor(call), case let name = cursor.word(), cursor.skip("(") else { return }
    if try beginAnswer(name, cursor) { return }
    guard let begun = try TracedDiskCall.parse(name, cursor, root: root) else { return }
    begunCalls.insert(number)
    events.append(.begun(number, begun))
  }

  /// Whether this call sends bytes to a client; an answer is one that begins as HTTP does.
  private mutating func beginAnswer(_ name: String, _ arguments: TraceCursor) throws -> Bool {
    guard ["write", "writev", "sendto", "sendmsg"].contains(name) else { return false }
    var cursor = arguments
    guard let (_, socket) = cursor.descriptor(), socket.hasPrefix("socket:") else { return false }
    let length = 12
    _ = cursor.skip(", ")
    let head =
      name == "write" || name == "sendto" ? try cursor.string(limit: length) : try cursor.buffers(limit: length)
    let text = String(decoding: (head ?? []).prefix(length), as: UTF8.self)
    if text.hasPrefix("HTTP/1.1 "), let status = Int(text.suffix(3)) {
      events.append(.answered(socket: socket, status: status))
    }
    return true
  }

  private mutating func end(_ number: Int, _ call: UnsafeRawBufferPointer) throws {
    // Strings and paths are hexadecimal, so the last equals sign stands before the result.
    guard var arguments = TraceCursor(call) else { return }
    var result = arguments
    guard result.skip(pastLast: 0x3d) else { return }
    result.skipSpaces()
    // The program was killed inside the call, and nobody knows how far it came.
    if result.skip("?") { return }
    let name = arguments.word()
    guard arguments.skip("(") else { return }
    if begunCalls.remove(number) != nil {
      events.append(.ended(number, result: result.number() ?? -1))
    } else if ["open", "openat", "creat"].contains(name) {
      guard let (descriptor, path) = result.descriptor(), TracedDiskCall.counts(path, in: root) else { return }
      events.append(.opened(TracedDiskCall.opened(name, arguments, path: path, descriptor: descriptor)))
    } else if name == "read" || name == "recvfrom" {
      guard let (_, socket) = arguments.descriptor(), socket.hasPrefix("socket:"), let count = result.number(),
        count > 0, arguments.skip(", "), let bytes = try arguments.string()
      else { return }
      events.append(.received(socket: socket, bytes))
    }
  }
}
