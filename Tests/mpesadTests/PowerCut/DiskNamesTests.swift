import Testing

/// Names in a directory: new, changed and removed ones last once the directory was synced.
@Suite struct DiskNamesTests {
  static let made: [TraceEvent] = [
    .opened(OpenedFile(path: "/s/b", descriptor: 4, creates: true)),
    .begun(1, .write(path: "/s/b", descriptor: 4, offset: 0, [66])), .ended(1, result: 1),
    .begun(2, .sync(path: "/s/b")), .ended(2, result: 0),
  ]
  static let syncedDirectory: [TraceEvent] = [.begun(9, .sync(path: "/s")), .ended(9, result: 0)]

  static func call(_ call: DiskCall, _ result: Int = 0) -> [TraceEvent] {
    [.begun(3, call), .ended(3, result: result)]
  }

  /// The files that are on the disk for certain, and those that the running system sees.
  static func files(_ events: [TraceEvent]) -> [[String: [UInt8]]] {
    var model = DiskModel(["/s/a": [65]])
    for event in events { model.apply(event) }
    var random = SeededGenerator(seed: 1)
    return [DiskImage(model, .syncedOnly, using: &random).files, model.visible]
  }

  @Test func aNewFileHasANameOnceItsDirectoryWasSynced() {
    #expect(Self.files(Self.made) == [["/s/a": [65]], ["/s/a": [65], "/s/b": [66]]])
    #expect(Self.files(Self.made + Self.syncedDirectory)[0] == ["/s/a": [65], "/s/b": [66]])
    let elsewhere: [TraceEvent] = [.begun(9, .sync(path: "/t")), .ended(9, result: 0)]
    #expect(Self.files(Self.made + elsewhere)[0] == ["/s/a": [65]])
    let failed: [TraceEvent] = [.begun(9, .sync(path: "/s")), .ended(9, result: -1)]
    #expect(Self.files(Self.made + failed)[0] == ["/s/a": [65]])
  }

  @Test func anOldNameGivesWayWhole() {
    let renamed = Self.made + Self.syncedDirectory + Self.call(.rename(from: "/s/b", to: "/s/a"))
    #expect(Self.files(renamed) == [["/s/a": [65], "/s/b": [66]], ["/s/a": [66]]])
    let synced: [TraceEvent] = [.begun(10, .sync(path: "/s")), .ended(10, result: 0)]
    #expect(Self.files(renamed + synced)[0] == ["/s/a": [66]])
  }

  @Test func aRemovedFileMayComeBackWithWhatItHeld() {
    let removed = Self.call(.unlink(path: "/s/a"))
    #expect(Self.files(removed) == [["/s/a": [65]], [:]])
    #expect(Self.files(removed + Self.syncedDirectory) == [[:], [:]])
    #expect(Self.files(Self.call(.unlink(path: "/s/a"), -1))[1] == ["/s/a": [65]], "the call failed")
  }

  @Test func aFileThatTakesARemovedOnesNameIsAnother() {
    let again: [TraceEvent] = [.opened(OpenedFile(path: "/s/a", descriptor: 5, creates: true))]
    #expect(Self.files(Self.call(.unlink(path: "/s/a")) + again) == [["/s/a": [65]], ["/s/a": []]])
  }

  @Test func aLinkIsAnotherNameOfTheSameFile() {
    let linked = Self.call(.link(from: "/s/a", to: "/s/c")) + Self.syncedDirectory
    let written: [TraceEvent] = [
      .begun(10, .write(path: "/s/c", descriptor: 6, offset: 0, [67])), .ended(10, result: 1),
      .begun(11, .sync(path: "/s/a")), .ended(11, result: 0),
    ]
    #expect(Self.files(linked + written)[0] == ["/s/a": [67], "/s/c": [67]])
  }
}
