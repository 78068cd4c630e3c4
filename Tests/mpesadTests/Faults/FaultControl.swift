import Foundation
import Synchronization

/// The file that the harness shares with the library in the daemon: faults go on and off in it, and the library counts calls in it.
///
/// The layout is that of `Library/control.h`. It outlives the daemon's process, so that a fault holds for the next one as well.
final class FaultControl: @unchecked Sendable {
  private enum Layout {
    static let plans = 12, planSize = 36, directories = 84, pathLength = 256, names = 596, nameLength = 32
    static let counts = 1_364, files = 24, states = 2_324, size = 198_932
    static let page = 4_096, pages = 8_192
    static let kept = (size + page - 1) / page * page
    static let all = kept + files * pages * page
  }

  /// The plans that can hold at once.
  enum Place: Int { case trouble = 0, fault = 1 }

  let path: String
  /// The daemon's state directory.
  let directory: String
  private let spoolName: String
  private let memory: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - directory: the daemon's state directory.
  ///   - spoolName: the file in it that is the spool.
  init(path: String, directory: String, spoolName: String) throws {
    self.path = path
    self.directory = directory
    self.spoolName = spoolName
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FaultTrouble("\(path) cannot be made: errno \(errno)") }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(Layout.all)) == 0,
      let mapped = mmap(nil, Layout.all, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED
    else { throw FaultTrouble("\(path) cannot be mapped: errno \(errno)") }
    memory = mapped
    set(4, 1)
    put(directory, at: Layout.directories, room: Layout.pathLength)
    for file in FaultFile.allCases where file != .other {
      put(name(of: file), at: Layout.names + file.rawValue * Layout.nameLength, room: Layout.nameLength)
    }
    set(0, UInt32(Layout.size))
  }

  deinit {
    munmap(memory, Layout.all)
    unlink(path)
  }

  /// The name that a file has in the state directory.
  func name(of file: FaultFile) -> String { file == .spool ? spoolName : file.name }

  /// What the daemon's process needs.
  func environment(library: String) -> [String: String] { ["LD_PRELOAD": library, "FAULTS_CONTROL": path] }

  /// Processes that have loaded the library.
  var begun: Int { Int(value(8)) }

  func switchOn(_ plan: FaultPlan, as place: Place = .fault) {
    switchOff(place)
    let start = offset(place)
    let code = plan.kind.code
    let fields = [
      UInt32(plan.site.call.rawValue), UInt32(plan.site.file.rawValue), code.kind, UInt32(bitPattern: code.error),
      UInt32(plan.first), UInt32(plan.times), 0, 0,
    ]
    for (index, field) in fields.enumerated() { set(start + 4 + 4 * index, field) }
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    set(start, 1)
  }

  func switchOff(_ place: Place = .fault) {
    set(offset(place), 0)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// How often the plan in this place has made a call fail.
  func injected(_ place: Place = .fault) -> Int { Int(value(offset(place) + 32)) }

  /// How often each call on each file happened since the control was made.
  var counts: [FaultSite: Int] {
    var counts: [FaultSite: Int] = [:]
    for call in FaultCall.allCases {
      for file in FaultFile.allCases {
        let count = value(Layout.counts + 4 * (call.rawValue * Layout.files + file.rawValue))
        if count > 0 { counts[FaultSite(call: call, file: file)] = Int(count) }
      }
    }
    return counts
  }

  /// Takes the files of a daemon that is not running back to what its syncs have put on the disk, as a power cut would.
  /// - Returns: pages taken back.
  @discardableResult
  func cutPower() throws -> Int {
    var count = 0
    for file in FaultFile.allCases {
      let states = memory + Layout.states + file.rawValue * Layout.pages
      let changed = (0..<Layout.pages).filter { states.load(fromByteOffset: $0, as: UInt8.self) != 0 }
      guard !changed.isEmpty else { continue }
      memset(states, 0, Layout.pages)
      let descriptor = open("\(directory)/\(name(of: file))", O_RDWR | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      let end = lseek(descriptor, 0, SEEK_END)
      for page in changed where page * Layout.page < end {
        let kept = memory + Layout.kept + (file.rawValue * Layout.pages + page) * Layout.page
        let length = min(Layout.page, Int(end) - page * Layout.page)
        guard pwrite(descriptor, kept, length, off_t(page * Layout.page)) == length else {
          throw FaultTrouble("\(name(of: file)) cannot be taken back: errno \(errno)")
        }
        count += 1
      }
    }
    return count
  }

  private func offset(_ place: Place) -> Int { Layout.plans + place.rawValue * Layout.planSize }

  private func set(_ offset: Int, _ value: UInt32) {
    memory.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
  }
  private func value(_ offset: Int) -> UInt32 { memory.load(fromByteOffset: offset, as: UInt32.self) }

  private func put(_ text: String, at offset: Int, room: Int) {
    precondition(text.utf8.count < room, "\(text) is too long for the library")
    for (index, byte) in text.utf8.enumerated() {
      memory.storeBytes(of: byte, toByteOffset: offset + index, as: UInt8.self)
    }
  }
}

/// Something that the harness itself could not do.
struct FaultTrouble: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
