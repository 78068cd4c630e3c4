import Testing

/// The variants of an image: each contains what was synced, and of the rest only what its kind of disk could hold.
@Suite struct DiskImageTests {
  static let sector = DiskImage.sector
  static let rounds = 300

  /// Three writes of three sectors, one behind the other, of which the first is synced.
  static let model: DiskModel = {
    var model = DiskModel(["/s/a": []])
    for number in 0..<3 {
      let bytes = [UInt8](repeating: UInt8(number + 1), count: 3 * sector)
      model.apply(.begun(2 * number, .write(path: "/s/a", descriptor: 3, offset: number * bytes.count, bytes)))
      model.apply(.ended(2 * number, result: bytes.count))
      if number == 0 {
        model.apply(.begun(1, .sync(path: "/s/a")))
        model.apply(.ended(1, result: 0))
      }
    }
    return model
  }()

  /// Which images come out, each as the first byte of its sectors.
  static func images(_ variant: DiskImage.Variant) -> Set<[UInt8]> {
    var random = SeededGenerator(seed: 7)
    return Set(
      (0..<rounds).map { _ in
        let content = DiskImage(model, variant, using: &random).files["/s/a"] ?? []
        return stride(from: 0, to: content.count, by: sector).map { content[$0] }
      })
  }

  @Test func syncedOnlyIsOneImage() { #expect(Self.images(.syncedOnly) == [[1, 1, 1]]) }

  @Test func inOrderNothingIsThereWithoutWhatCameBefore() {
    #expect(Self.images(.inOrder) == [[1, 1, 1], [1, 1, 1, 2, 2, 2]])
  }

  @Test func reorderedALaterWriteCanStandBehindZeros() {
    let images = Self.images(.reordered)
    #expect(images.contains([1, 1, 1, 0, 0, 0, 3, 3, 3]))
    #expect(images.contains([1, 1, 1, 2, 2, 2, 0, 0, 0]), "grown without what was to stand there")
    #expect(images.contains([1, 1, 1, 2, 2, 2, 3, 3, 3]))
    #expect(images.allSatisfy { $0.starts(with: [1, 1, 1]) })
  }

  @Test func tornAnySectorOfAWriteCanBeMissing() {
    let images = Self.images(.torn)
    #expect(images.contains { $0.count > 5 && $0[3] == 2 && $0[4] == 0 && $0[5] == 2 })
    #expect(images.allSatisfy { $0.starts(with: [1, 1, 1]) })
    #expect(images.count > 20)
  }

  @Test func aSectorIsOneOfTheDisksNotOfTheWrite() {
    var model = DiskModel(["/s/a": [UInt8](repeating: 1, count: 2 * Self.sector)])
    let bytes = [UInt8](repeating: 2, count: Self.sector)
    model.apply(.begun(0, .write(path: "/s/a", descriptor: 3, offset: 100, bytes)))
    model.apply(.ended(0, result: bytes.count))
    var random = SeededGenerator(seed: 7)
    for _ in 0..<Self.rounds {
      let content = DiskImage(model, .torn, using: &random).files["/s/a"] ?? []
      #expect(Set(content[..<100]) == [1])
      #expect(Set(content[100..<Self.sector]).count == 1)
      #expect(Set(content[Self.sector..<Self.sector + 100]).count == 1)
      #expect(Set(content[(Self.sector + 100)...]) == [1])
    }
  }
}
