/// What a disk may hold after each call of a traced program.
///
/// A sync covers what had ended before it began, once it has ended with 0. A new name, another name or a removed one lasts when its
/// directory was synced; before, the disk may know of it or not.
struct DiskModel {
  enum Node: Equatable {
    case file(Int)
    case symbolicLink(String)
  }

  /// A change of names in one directory.
  struct NameChange: Equatable {
    let number: Int
    var ended: Int?
    let directory: String
    let names: [String: Node?]
  }

  private(set) var files: [Int: DiskFile] = [:]
  /// Names as the running system sees them, and as the disk has them for certain.
  private(set) var names: [String: Node] = [:]
  private(set) var durableNames: [String: Node] = [:]
  private(set) var nameChanges: [NameChange] = []
  /// Files whose syncs are taken for nothing, by the end of their names: what a program that forgot them would leave.
  var unsyncedSuffixes: Set<String> = []

  private enum Running {
    case change(file: Int)
    case names
    case sync(path: String)
    /// A write to where the descriptor stood.
    case write(file: Int, descriptor: Int, start: Int)
    case seek(descriptor: Int)
  }

  private var running: [Int: Running] = [:]
  private var positions: [Int: Int] = [:]
  private var newest = -1

  /// - Parameter content: the files before the program started, which count as synced.
  init(_ content: [String: [UInt8]] = [:]) {
    for (path, bytes) in content {
      files[files.count] = DiskFile(bytes)
      names[path] = .file(files.count - 1)
    }
    durableNames = names
  }

  /// The files as the running system reads them.
  var visible: [String: [UInt8]] {
    names.compactMapValues { node in
      guard case .file(let file) = node else { return nil }
      return files[file]?.visible
    }
  }

  mutating func apply(_ event: TraceEvent) {
    switch event {
    case .begun(let number, let call):
      newest = max(newest, number)
      begin(number, call)
    case .ended(let number, let result): end(number, result)
    case .opened(let file): open(file)
    case .received, .answered: break
    }
  }

  private mutating func begin(_ number: Int, _ call: DiskCall) {
    switch call {
    case .write(let path, let descriptor, let offset, let bytes):
      guard let file = file(path) else { return }
      let start = offset ?? positions[descriptor] ?? 0
      files[file]?.begin(number, .bytes(at: start, bytes))
      running[number] = offset == nil ? .write(file: file, descriptor: descriptor, start: start) : .change(file: file)
    case .seek(let descriptor): running[number] = .seek(descriptor: descriptor)
    case .resize(let path, let length): change(path, number, .length(length))
    case .reserve(let path, let end): change(path, number, .grown(to: end))
    case .sync(let path): running[number] = .sync(path: path)
    case .rename(let from, let to): change(number, in: to, [from: nil, to: names[from]])
    case .link(let from, let to): change(number, in: to, [to: names[from]])
    case .symbolicLink(let path, let target): change(number, in: path, [path: .symbolicLink(target)])
    case .unlink(let path): if names[path] != nil { change(number, in: path, [path: nil]) }
    }
  }

  private mutating func end(_ number: Int, _ result: Int) {
    switch running.removeValue(forKey: number) {
    case .change(let file): files[file]?.end(number, result: result, newest: newest)
    case .write(let file, let descriptor, let start):
      files[file]?.end(number, result: result, newest: newest)
      positions[descriptor] = start + max(result, 0)
    case .seek(let descriptor): if result >= 0 { positions[descriptor] = result }
    case .names: endNames(number, result)
    case .sync(let path): sync(path, begun: number, isGood: result == 0)
    case nil: break
    }
  }

  private mutating func open(_ opened: OpenedFile) {
    positions[opened.descriptor] = 0
    if names[opened.path] == nil, opened.creates {
      files[files.count] = DiskFile()
      let created = NameChange(
        number: newest, ended: newest, directory: Self.directory(of: opened.path),
        names: [opened.path: .file(files.count - 1)])
      nameChanges.append(created)
      Self.apply(created, to: &names)
    }
    guard let file = file(opened.path) else { return }
    if opened.truncates, files[file]?.visible.isEmpty == false {
      files[file]?.begin(newest, .length(0))
      files[file]?.end(newest, result: 0, newest: newest)
    }
    if opened.appends { positions[opened.descriptor] = files[file]?.visible.count }
  }

  private func file(_ path: String) -> Int? {
    guard case .file(let file)? = names[path] else { return nil }
    return file
  }

  private mutating func change(_ path: String, _ number: Int, _ effect: DiskFile.Effect) {
    guard let file = file(path) else { return }
    files[file]?.begin(number, effect)
    running[number] = .change(file: file)
  }

  private mutating func change(_ number: Int, in path: String, _ changed: [String: Node?]) {
    nameChanges.append(NameChange(number: number, directory: Self.directory(of: path), names: changed))
    running[number] = .names
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  private mutating func endNames(_ number: Int, _ result: Int) {
    guard let index = nameChanges.lastIndex(where: { $0.number == number }) else { return }
    guard result >= 0 else {
      nameChanges.remove(at: index)
      return
    }
    nameChanges[index].ended = newest
    Self.apply(nameChanges[index], to: &names)
  }

  private mutating func sync(_ path: String, begun number: Int, isGood: Bool) {
    guard !unsyncedSuffixes.contains(where: { path.hasSuffix($0) }) else { return }
    if let file = file(path) {
      if isGood { files[file]?.sync(begun: number) } else { files[file]?.failToSync(begun: number) }
      return
    }
    guard isGood else { return }
    let covered = { (change: NameChange) in change.directory == path && change.ended.map { $0 < number } ?? false }
    for change in nameChanges where covered(change) { Self.apply(change, to: &durableNames) }
    nameChanges.removeAll(where: covered)
  }

  static func apply(_ change: NameChange, to names: inout [String: Node]) {
    for (name, node) in change.names { names[name] = node }
  }
}

extension DiskModel {
  /// Whether files hold what a call that never returned was to do.
  func isVisible(_ number: Int, in found: [String: [UInt8]]) -> Bool {
    for (path, node) in names {
      guard case .file(let file) = node, let content = found[path],
        let change = files[file]?.unsynced.last(where: { $0.number == number })
      else { continue }
      switch change.effect {
      case .bytes(let offset, let bytes):
        return offset + bytes.count <= content.count && content[offset..<offset + bytes.count].elementsEqual(bytes)
      case .length(let length): return content.count == length
      case .grown(let length): return content.count >= length
      }
    }
    if let change = nameChanges.last(where: { $0.number == number }) {
      return change.names.allSatisfy { name, node in (found[name] != nil) == (node != nil) }
    }
    return false
  }
}
