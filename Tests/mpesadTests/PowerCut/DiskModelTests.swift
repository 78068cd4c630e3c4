import Testing

/// What a disk may hold: the model that the power cuts stand on, each rule by itself.
@Suite struct DiskModelTests {
  static let file = "/s/a"
  static let old = Array("old.".utf8)

  static func write(_ number: Int, _ offset: Int, _ text: String) -> TraceEvent {
    .begun(number, .write(path: file, descriptor: 3, offset: offset, Array(text.utf8)))
  }
  static func sync(_ number: Int, _ path: String = file) -> TraceEvent { .begun(number, .sync(path: path)) }
  static func end(_ number: Int, _ result: Int = 0) -> TraceEvent { .ended(number, result: result) }

  static func model(_ events: [TraceEvent]) -> DiskModel {
    var model = DiskModel([file: old])
    for event in events { model.apply(event) }
    return model
  }

  /// What is on the disk for certain, and what the running system reads.
  static func contents(_ events: [TraceEvent]) -> [String] {
    let model = model(events)
    var random = SeededGenerator(seed: 1)
    let synced = DiskImage(model, .syncedOnly, using: &random).files[file]
    return [synced ?? [], model.visible[file] ?? []].map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func aWriteIsOnTheDiskOnceASyncHasEnded() {
    #expect(Self.contents([Self.write(0, 0, "new"), Self.end(0, 3)]) == ["old.", "new."])
    #expect(Self.contents([Self.write(0, 0, "new"), Self.end(0, 3), Self.sync(1)]) == ["old.", "new."])
    #expect(Self.contents([Self.write(0, 0, "new"), Self.end(0, 3), Self.sync(1), Self.end(1)]) == ["new.", "new."])
  }

  @Test func aSyncCoversOnlyWhatHadEndedBeforeItBegan() {
    let during = [Self.sync(0), Self.write(1, 0, "new"), Self.end(1, 3), Self.end(0)]
    #expect(Self.contents(during) == ["old.", "new."])
    let unended = [Self.write(0, 0, "new"), Self.sync(1), Self.end(0, 3), Self.end(1)]
    #expect(Self.contents(unended) == ["old.", "new."])
    #expect(Self.contents(unended + [Self.sync(2), Self.end(2)]) == ["new.", "new."])
  }

  @Test func aFailedSyncIsNotMadeGoodByALaterOne() {
    let failed = [Self.write(0, 0, "new"), Self.end(0, 3), Self.sync(1), Self.end(1, -1), Self.sync(2), Self.end(2)]
    #expect(Self.contents(failed) == ["old.", "new."])
    let again = failed + [Self.write(3, 0, "ne"), Self.end(3, 2), Self.sync(4), Self.end(4)]
    #expect(Self.contents(again) == ["ned.", "new."], "only what was written again")
  }

  @Test func whatFailedOrWasCutShortIsNotThere() {
    #expect(Self.contents([Self.write(0, 0, "new"), Self.end(0, -1)]) == ["old.", "old."])
    #expect(Self.contents([Self.write(0, 0, "new"), Self.end(0, 1)]) == ["old.", "nld."])
  }

  @Test func aSyncOfOneFileIsNoneOfAnother() {
    let events = [
      Self.write(0, 0, "new"), Self.end(0, 3), Self.sync(1, "/s/b"), Self.end(1), Self.sync(2, "/s"), Self.end(2),
    ]
    #expect(Self.contents(events) == ["old.", "new."])
  }

  @Test func lengthsChangeLikeBytes() {
    let shorter: [TraceEvent] = [.begun(0, .resize(path: Self.file, length: 1)), Self.end(0)]
    #expect(Self.contents(shorter) == ["old.", "o"])
    #expect(Self.contents(shorter + [Self.sync(1), Self.end(1)]) == ["o", "o"])
    let longer: [TraceEvent] = [.begun(0, .reserve(path: Self.file, end: 6)), Self.end(0), Self.sync(1), Self.end(1)]
    #expect(Self.contents(longer) == ["old.\0\0", "old.\0\0"])
    #expect(Self.contents([Self.write(0, 6, "x"), Self.end(0, 1)]) == ["old.", "old.\0\0x"])
  }

  @Test func writesWithoutAnOffsetGoToWhereTheDescriptorStands() {
    func append(_ number: Int, _ text: String) -> [TraceEvent] {
      [
        .begun(number, .write(path: Self.file, descriptor: 3, offset: nil, Array(text.utf8))),
        Self.end(number, text.utf8.count),
      ]
    }
    let opened = [TraceEvent.opened(OpenedFile(path: Self.file, descriptor: 3))]
    #expect(Self.contents(opened + append(0, "a") + append(1, "b")) == ["old.", "abd."])
    let sought: [TraceEvent] = [.begun(1, .seek(descriptor: 3)), Self.end(1, 3)]
    #expect(Self.contents(opened + append(0, "a") + sought + append(2, "b")) == ["old.", "aldb"])
    let appending = [TraceEvent.opened(OpenedFile(path: Self.file, descriptor: 3, appends: true))]
    #expect(Self.contents(appending + append(0, "a")) == ["old.", "old.a"])
    let emptied = [TraceEvent.opened(OpenedFile(path: Self.file, descriptor: 3, truncates: true))]
    #expect(Self.contents(emptied + append(0, "a")) == ["old.", "a"])
  }

  @Test func aForgottenSyncCoversNothing() {
    var model = DiskModel([Self.file: Self.old])
    model.unsyncedSuffixes = ["a"]
    for event in [Self.write(0, 0, "new"), Self.end(0, 3), Self.sync(1), Self.end(1)] { model.apply(event) }
    var random = SeededGenerator(seed: 1)
    #expect(DiskImage(model, .syncedOnly, using: &random).files == [Self.file: Self.old])
  }
}
