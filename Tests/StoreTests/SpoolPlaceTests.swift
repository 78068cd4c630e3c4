import Crypto
import Foundation
import NIOCore
import Payments
import Testing

@testable import Store

@Suite("SQLite, spools of other places and formats", .timeLimit(.minutes(1)))
struct SpoolPlaceTests {
  private static func options(_ elsewhere: String?, needsDatabase: Bool = true) -> SQLiteOptions {
    SQLiteOptions(spoolBytes: 1 << 20, spoolDirectory: elsewhere, needsDatabase: needsDatabase)
  }

  private static func make(_ directory: String) throws -> String {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    return directory
  }

  /// Leaves callbacks in the spool of a directory whose database cannot be opened.
  private static func spool(_ numbers: Range<Int>, in state: String, elsewhere: String?) async throws {
    let database = state + "/mpesad.db"
    try Data(repeating: 0x7A, count: 8_192).write(to: URL(fileURLWithPath: database))
    let store = try SQLiteStore(
      directory: state, options: options(elsewhere, needsDatabase: false), logger: Journal().logger)
    for number in numbers { #expect(try await store.append(.numbered(number)) == .spooled) }
    await store.close()
    try FileManager.default.removeItem(atPath: database)
  }

  @Test("On another disk it is found under its name in the state directory")
  func elsewhere() async throws {
    try await TemporaryDirectory.use { path in
      let (state, other) = (try Self.make(path + "/state"), try Self.make(path + "/other"))
      try await Self.spool(0..<5, in: state, elsewhere: other)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: state + "/mpesad.spool") == other + "/mpesad.spool")
      #expect(try SpoolPlace.look(in: state).waiting(oldEpoch: 0) { _ in nil }.map(\.number) == Array(0..<5))
      let store = try SQLiteStore(directory: state, options: Self.options(other), logger: Journal().logger)
      _ = try await store.append(.numbered(5))
      #expect(try await store.waitingNumbers() == Array(0..<6))
      await store.close()
    }
  }

  @Test(
    "Moved, what the place before holds is taken in first, and that file is removed", arguments: [true, false])
  func moved(outward: Bool) async throws {
    try await TemporaryDirectory.use { path in
      let (state, other) = (try Self.make(path + "/state"), try Self.make(path + "/other"))
      let (before, after) = outward ? (nil, other) : (other, nil)
      try await Self.spool(0..<5, in: state, elsewhere: before)
      // Moved while the database still cannot be opened, with callbacks in both places.
      try await Self.spool(5..<8, in: state, elsewhere: after)
      #expect(try SpoolPlace.look(in: state).waiting(oldEpoch: 0) { _ in nil }.map(\.number) == Array(0..<8))
      let store = try SQLiteStore(directory: state, options: Self.options(after), logger: Journal().logger)
      _ = try await store.append(.numbered(8))
      #expect(try await store.waitingNumbers() == Array(0..<9))
      await store.close()
      let files = FileManager.default
      #expect(!files.fileExists(atPath: state + "/mpesad.spool.left"))
      #expect(files.fileExists(atPath: (before ?? state) + "/mpesad.spool") == (before == nil))
      let again = try SQLiteStore(directory: state, options: Self.options(after), logger: Journal().logger)
      #expect(try await again.waitingNumbers() == Array(0..<9), "and not a second time")
      await again.close()
    }
  }

  @Test("A directory that is not there is told, and the service works without a spool")
  func missingDirectory() async throws {
    try await TemporaryDirectory.use { path in
      let journal = Journal()
      let store = try SQLiteStore(
        directory: path, options: Self.options(path + "/no/such"), logger: journal.logger)
      #expect(journal.texts(.critical).first?.contains(path + "/no/such") == true)
      _ = try await store.append(.numbered(1))
      await store.close()
    }
  }

  @Test(
    "A spool on a disk that is not mounted is not made again in the empty mount point, and is used again when it is there"
  )
  func notMounted() async throws {
    try await TemporaryDirectory.use { path in
      let (state, other) = (try Self.make(path + "/state"), try Self.make(path + "/other"))
      try await Self.spool(0..<5, in: state, elsewhere: other)
      #expect(rename(other, path + "/unmounted") == 0)
      _ = try Self.make(other)
      let journal = Journal()
      let without = try SQLiteStore(directory: state, options: Self.options(other), logger: journal.logger)
      #expect(journal.texts(.critical).first?.contains("not mounted") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: other) == [])
      _ = try await without.append(.numbered(9))
      await without.close()
      #expect(rmdir(other) == 0 && rename(path + "/unmounted", other) == 0)
      let with = try SQLiteStore(directory: state, options: Self.options(other), logger: Journal().logger)
      _ = try await with.append(.numbered(10))
      #expect(try await with.waitingNumbers() == [9, 0, 1, 2, 3, 4, 10])
      await with.close()
    }
  }

  @Test("A spool of before whose disk is gone keeps no sound database shut, and is taken in once it is back")
  func leftIsGone() async throws {
    try await TemporaryDirectory.use { path in
      let (state, first) = (try Self.make(path + "/state"), try Self.make(path + "/first"))
      let second = try Self.make(path + "/second")
      try await Self.spool(0..<5, in: state, elsewhere: first)
      #expect(rename(first, path + "/gone") == 0)
      for round in 0..<2 {
        let journal = Journal()
        let store = try SQLiteStore(directory: state, options: Self.options(second), logger: journal.logger)
        #expect(journal.texts(.critical).contains { $0.contains("waits for the next start") }, "round \(round)")
        _ = try await store.append(.numbered(10 + round))
        await store.close()
      }
      // The place of before must not be forgotten for a third one.
      let journal = Journal()
      let third = try SQLiteStore(
        directory: state, options: Self.options(try Self.make(path + "/third")), logger: journal.logger)
      #expect(journal.texts(.critical).contains { $0.contains("not taken in yet") })
      await third.close()
      #expect(rename(path + "/gone", first) == 0)
      let store = try SQLiteStore(directory: state, options: Self.options(second), logger: Journal().logger)
      #expect(try await store.waitingNumbers() == [10, 11, 0, 1, 2, 3, 4])
      await store.close()
    }
  }

  @Test("A directory by another spelling is the same place")
  func spelling() async throws {
    try await TemporaryDirectory.use { path in
      let (state, other) = (try Self.make(path + "/state"), try Self.make(path + "/other"))
      try await Self.spool(0..<3, in: state, elsewhere: other)
      try await Self.spool(3..<5, in: state, elsewhere: path + "/state/../other/")
      #expect(!FileManager.default.fileExists(atPath: state + "/mpesad.spool.left"))
      let store = try SQLiteStore(directory: state, options: Self.options(other), logger: Journal().logger)
      _ = try await store.append(.numbered(5))
      #expect(try await store.waitingNumbers() == Array(0..<6))
      await store.close()
    }
  }

  @Test("The state directory itself as the place is no link to itself")
  func itself() async throws {
    try await TemporaryDirectory.use { path in
      try await Self.spool(0..<3, in: path, elsewhere: path)
      let store = try SQLiteStore(directory: path, options: Self.options(nil), logger: Journal().logger)
      _ = try await store.append(.numbered(3))
      #expect(try await store.waitingNumbers() == Array(0..<4))
      await store.close()
    }
  }

  @Test(
    "On a disk that takes no more writes, callbacks go to a spool on another one",
    .enabled(if: SmallDisk.mayMount || SmallDisk.isRequired, "a small disk cannot be mounted here: that needs root"))
  func readOnly() async throws {
    try await TemporaryDirectory.use { path in
      let disk = try SmallDisk(inside: path, options: "size=16m")
      defer { disk.unmount() }
      let other = try Self.make(path + "/other")
      await (try SQLiteStore(directory: disk.path, options: Self.options(other), logger: Journal().logger)).close()
      try disk.remount(options: "size=16m", readOnly: true)
      let store = try SQLiteStore(
        directory: disk.path, options: Self.options(other, needsDatabase: false), logger: Journal().logger)
      #expect(try await store.append(.numbered(1)) == .spooled)
      try disk.remount(options: "size=16m")
      try await store.whenOpen()
      #expect(try await store.waitingNumbers() == [1])
      await store.close()
    }
  }

  /// A spool as version 0.1 wrote it.
  private static func oldSpool(epoch: UInt64, _ numbers: Range<Int>) -> Data {
    var file = ByteBuffer(bytes: Array("mpesad spool 1\n\0".utf8))
    file.writeInteger(epoch)
    file.writeRepeatingByte(0, count: 4_096 - file.readableBytes)
    for number in numbers {
      let callback = NewDelivery.numbered(number)
      var record = ByteBuffer()
      record.writeInteger(callback.receivedAt)
      record.writeInteger(Int64(-1))
      record.writeInteger(UInt16(callback.source.utf8.count))
      record.writeString(callback.source)
      record.writeImmutableBuffer(callback.body)
      var hash = SHA256()
      withUnsafeBytes(of: epoch.bigEndian) { hash.update(bufferPointer: $0) }
      record.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
      file.writeInteger(UInt32(record.readableBytes))
      file.writeBytes(Array(hash.finalize().prefix(8)))
      file.writeBuffer(&record)
    }
    file.writeRepeatingByte(0, count: 65_536)
    return Data(file.readableBytesView)
  }

  @Test(
    "A spool of version 0.1 is taken in, also where a commit of unknown outcome says that it was, and is put aside",
    arguments: [(taken: 4, counts: true), (5, true), (6, false)] as [(taken: Int64, counts: Bool)])
  func upgraded(taken: Int64, counts: Bool) async throws {
    try await TemporaryDirectory.use { path in
      let before = try SQLiteStore(directory: path, options: Self.options(nil), logger: Journal().logger)
      try await before.write { db in
        try db.execute(sql: "INSERT INTO marks(name, value) VALUES ('spool_epoch_taken', ?)", arguments: [taken])
      }
      await before.close()
      let old = path + "/emergency.spool"
      try Self.oldSpool(epoch: 5, 0..<7).write(to: URL(fileURLWithPath: old))
      let after = try SQLiteStore(directory: path, options: Self.options(nil), logger: Journal().logger)
      #expect(try await after.waitingNumbers() == (counts ? Array(0..<7) : []))
      #expect(!FileManager.default.fileExists(atPath: old) && FileManager.default.fileExists(atPath: old + ".taken"))
      await after.close()
      // A crash before it was removed.
      try Self.oldSpool(epoch: 5, 0..<7).write(to: URL(fileURLWithPath: old))
      let again = try SQLiteStore(directory: path, options: Self.options(nil), logger: Journal().logger)
      #expect(try await again.waitingNumbers() == (counts ? Array(0..<7) : []), "once")
      await again.close()
    }
  }
}
