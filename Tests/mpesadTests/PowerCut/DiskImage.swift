import Foundation

/// What a disk could hold after the power went at one moment, as files that can be written and opened.
struct DiskImage {
  /// How much of what was not synced is on the disk.
  enum Variant: String, CaseIterable {
    /// Nothing of it.
    case syncedOnly = "synced only"
    /// What came first, up to a random call.
    case inOrder = "in order"
    /// Any of it, later writes without earlier ones.
    case reordered = "reordered"
    /// Any of it, and of a write any of its sectors.
    case torn = "torn"
  }

  static let sector = 512

  private(set) var files: [String: [UInt8]] = [:]
  private(set) var symbolicLinks: [String: String] = [:]

  init(_ model: DiskModel, _ variant: Variant, using random: inout some RandomNumberGenerator) {
    let chance = Chance(variant, model, using: &random)
    var names = model.durableNames
    for change in model.nameChanges where chance.keeps(change.number, using: &random) {
      DiskModel.apply(change, to: &names)
    }
    for (name, node) in names.sorted(by: { $0.key < $1.key }) {
      switch node {
      case .symbolicLink(let target): symbolicLinks[name] = target
      case .file(let file):
        files[name] = model.files[file]?.content { chance.survivors(of: $0, using: &random) }
      }
    }
  }

  /// Writes the files into another directory than the one they come from.
  func write(from root: String, to directory: String) throws {
    func moved(_ path: String) -> String { path.hasPrefix(root) ? directory + path.dropFirst(root.count) : path }
    for (path, bytes) in files {
      let place = moved(path)
      try FileManager.default.createDirectory(
        atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: place))
    }
    for (path, target) in symbolicLinks {
      try FileManager.default.createSymbolicLink(atPath: moved(path), withDestinationPath: moved(target))
    }
  }

  /// Decides what survives. The share is drawn for each image: a disk that was just told has little, one that got on with its work most.
  private struct Chance {
    let variant: Variant
    let share: Double
    let firstLost: Int

    init(_ variant: Variant, _ model: DiskModel, using random: inout some RandomNumberGenerator) {
      self.variant = variant
      share = Double.random(in: 0.1...0.9, using: &random)
      let numbers = (model.nameChanges.map(\.number) + model.files.values.flatMap { $0.unsynced.map(\.number) })
        .sorted()
      firstLost = numbers.randomElement(using: &random) ?? 0
    }

    func keeps(_ number: Int, using random: inout some RandomNumberGenerator) -> Bool {
      switch variant {
      case .syncedOnly: false
      case .inOrder: number < firstLost
      case .reordered, .torn: Double.random(in: 0..<1, using: &random) < share
      }
    }

    func survivors(
      of change: DiskFile.Change, using random: inout some RandomNumberGenerator
    ) -> [DiskFile.Effect] {
      if keeps(change.number, using: &random), variant != .torn || Bool.random(using: &random) {
        return [change.effect]
      }
      guard variant == .reordered || variant == .torn, case .bytes(let offset, let bytes) = change.effect else {
        return []
      }
      // A file can have grown although what was to stand in it is not there: then there are zeros.
      let grown: [DiskFile.Effect] = Bool.random(using: &random) ? [.grown(to: offset + bytes.count)] : []
      return variant == .torn ? grown + sectors(offset, bytes, using: &random) : grown
    }

    /// Some of the sectors that a write touches.
    private func sectors(
      _ offset: Int, _ bytes: [UInt8], using random: inout some RandomNumberGenerator
    ) -> [DiskFile.Effect] {
      var found: [DiskFile.Effect] = []
      var start = offset
      let end = offset + bytes.count
      while start < end {
        let next = min((start / DiskImage.sector + 1) * DiskImage.sector, end)
        if Bool.random(using: &random) { found.append(.bytes(at: start, Array(bytes[start - offset..<next - offset]))) }
        start = next
      }
      return found
    }
  }
}
