/// What a traced program did that matters for its files, in the order in which it happened.
///
/// Begin and end of a call are apart: other threads act in between, and a disk may hold any part of a write that has not ended.
enum TraceEvent: Equatable {
  /// A call began. Its number names it.
  case begun(Int, DiskCall)
  /// It ended: with what the kernel returned, or -1 for an error.
  case ended(Int, result: Int)
  /// A file or directory was opened.
  case opened(OpenedFile)
  /// Bytes came from a client.
  case received(socket: String, [UInt8])
  /// An answer with this status began to leave.
  case answered(socket: String, status: Int)
}

/// A call that changes files or makes changes durable.
enum DiskCall: Equatable {
  /// Without an offset the bytes go to where the descriptor stands.
  case write(path: String, descriptor: Int, offset: Int?, [UInt8])
  case seek(descriptor: Int)
  case resize(path: String, length: Int)
  /// Reserves blocks; a shorter file grows to `end`.
  case reserve(path: String, end: Int)
  /// fsync or fdatasync, of a file or of a directory.
  case sync(path: String)
  case rename(from: String, to: String)
  case link(from: String, to: String)
  case symbolicLink(path: String, target: String)
  case unlink(path: String)
}

/// What an open came to.
struct OpenedFile: Equatable {
  let path: String
  let descriptor: Int
  /// Made when it was not there.
  var creates = false
  var truncates = false
  var appends = false
}
