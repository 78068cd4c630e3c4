/// Reads the arguments of the calls that change files.
enum TracedDiskCall {
  /// Files that take part: those below the root, but for SQLite's shared memory, which no program expects to find after a power cut.
  static func counts(_ path: String, in root: String) -> Bool {
    (path == root || path.hasPrefix(root + "/")) && !path.hasSuffix("-shm")
  }

  /// The call, or nil when it is none of these or about another file.
  static func parse(_ name: String, _ arguments: TraceCursor, root: String) throws -> DiskCall? {
    var cursor = arguments
    switch name {
    case "pwrite64", "write", "writev", "pwritev", "pwritev2", "lseek", "ftruncate", "fallocate", "fsync", "fdatasync":
      guard let (descriptor, path) = cursor.descriptor(), counts(path, in: root) else { return nil }
      return try onDescriptor(name, descriptor, path, &cursor)
    case "unlink", "unlinkat":
      let path = try self.path(&cursor, isAt: name.hasSuffix("at"))
      return counts(path, in: root) ? .unlink(path: path) : nil
    case "rename", "renameat", "renameat2", "link", "linkat":
      let from = try path(&cursor, isAt: name.contains("at"))
      _ = cursor.skip(", ")
      let to = try path(&cursor, isAt: name.contains("at"))
      guard counts(from, in: root) || counts(to, in: root) else { return nil }
      return name.hasPrefix("rename") ? .rename(from: from, to: to) : .link(from: from, to: to)
    case "symlink", "symlinkat":
      guard let target = try cursor.string() else { throw TraceError.notUnderstood(name) }
      _ = cursor.skip(", ")
      let path = try self.path(&cursor, isAt: name.hasSuffix("at"))
      return counts(path, in: root) ? .symbolicLink(path: path, target: String(decoding: target, as: UTF8.self)) : nil
    default: return nil
    }
  }

  /// What an open asked for; the trace tells the path behind the descriptor that it returned.
  static func opened(_ name: String, _ arguments: TraceCursor, path: String, descriptor: Int) -> OpenedFile {
    var file = OpenedFile(path: path, descriptor: descriptor)
    func has(_ flag: StaticString) -> Bool {
      var cursor = arguments
      return cursor.skip(past: flag)
    }
    file.creates = has("O_CREAT") || name == "creat"
    file.truncates = has("O_TRUNC") || name == "creat"
    file.appends = has("O_APPEND")
    return file
  }

  private static func onDescriptor(
    _ name: String, _ descriptor: Int, _ path: String, _ cursor: inout TraceCursor
  ) throws -> DiskCall? {
    _ = cursor.skip(", ")
    switch name {
    case "fsync", "fdatasync": return .sync(path: path)
    case "lseek": return .seek(descriptor: descriptor)
    case "ftruncate":
      guard let length = cursor.number() else { throw TraceError.notUnderstood(name) }
      return .resize(path: path, length: length)
    case "fallocate":
      // Blocks beyond the end change nothing that is read. Forms that do, like punching holes, are not known here.
      if cursor.skip("FALLOC_FL_KEEP_SIZE, ") { return nil }
      guard cursor.skip("0, "), let offset = cursor.number(), cursor.skip(", "), let length = cursor.number() else {
        throw TraceError.notUnderstood(name)
      }
      return .reserve(path: path, end: offset + length)
    case "write", "pwrite64":
      guard let bytes = try cursor.string() else { throw TraceError.notUnderstood(name) }
      guard name == "pwrite64" else { return .write(path: path, descriptor: descriptor, offset: nil, bytes) }
      guard cursor.skip(", "), cursor.number() != nil, cursor.skip(", "), let offset = cursor.number() else {
        throw TraceError.notUnderstood(name)
      }
      return .write(path: path, descriptor: descriptor, offset: offset, bytes)
    default:
      let bytes = try cursor.buffers()
      guard name != "writev" else { return .write(path: path, descriptor: descriptor, offset: nil, bytes) }
      guard cursor.skip(past: "], "), cursor.number() != nil, cursor.skip(", "), let offset = cursor.number() else {
        throw TraceError.notUnderstood(name)
      }
      return .write(path: path, descriptor: descriptor, offset: offset, bytes)
    }
  }

  /// A path, below the directory that an `...at` call names when it is relative.
  private static func path(_ cursor: inout TraceCursor, isAt: Bool) throws -> String {
    var directory = ""
    if isAt {
      directory = cursor.descriptor()?.path ?? ""
      _ = cursor.skip(", ")
    }
    guard let bytes = try cursor.string() else { throw TraceError.notUnderstood("path") }
    let path = String(decoding: bytes, as: UTF8.self)
    return path.hasPrefix("/") ? path : directory + "/" + path
  }
}
