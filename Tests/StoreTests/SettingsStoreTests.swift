import Crypto
import Foundation
import Testing

@testable import Store

@Suite("Settings table")
struct SettingsStoreTests {
  private func use(_ path: String, _ body: (SQLiteStore) async throws -> Void) async throws {
    let store = try SQLiteStore(directory: path, logger: Journal().logger)
    do {
      try await body(store)
      await store.close()
    } catch {
      await store.close()
      throw error
    }
  }

  @Test("What is set is there after the next opening, with when and by whom")
  func kept() async throws {
    try await TemporaryDirectory.use { path in
      try await use(path) { store in
        #expect(try await store.settings() == [])
        try await store.changeSettings(["b": .plain("2"), "a": .sealed([1, 2, 3])], by: "asha", at: 17)
      }
      try await use(path) { store in
        let kept = try await store.settings()
        #expect(
          kept == [
            StoredSetting(name: "a", value: .sealed([1, 2, 3]), changedAt: 17, changedBy: "asha"),
            StoredSetting(name: "b", value: .plain("2"), changedAt: 17, changedBy: "asha"),
          ])
      }
    }
  }

  @Test("A change touches what it names: sets, seals anew, removes")
  func changed() async throws {
    try await TemporaryDirectory.use { path in
      try await use(path) { store in
        try await store.changeSettings(
          ["a": .plain("1"), "b": .plain("2"), "c": .sealed([3])], by: "asha", at: 1)
        try await store.changeSettings(
          ["a": .sealed([9]), "b": nil, "none": nil, "c": .plain("3")], by: "juma", at: 2)
        let kept = try await store.settings()
        #expect(
          kept == [
            StoredSetting(name: "a", value: .sealed([9]), changedAt: 2, changedBy: "juma"),
            StoredSetting(name: "c", value: .plain("3"), changedAt: 2, changedBy: "juma"),
          ])
      }
    }
  }

  @Test("A change that fails in the middle leaves nothing of itself")
  func allOrNothing() async throws {
    try await TemporaryDirectory.use { path in
      try await use(path) { store in
        try await store.write { db in
          try db.execute(
            sql: """
              CREATE TRIGGER refuse BEFORE INSERT ON settings WHEN new.name = 'bad'
              BEGIN SELECT RAISE(ABORT, 'refused'); END
              """)
        }
        for _ in 0..<8 {
          await #expect(throws: (any Error).self) {
            try await store.changeSettings(
              ["a": .plain("1"), "bad": .plain("2"), "z": .plain("3")], by: "asha", at: 1)
          }
        }
        #expect(try await store.settings() == [])
      }
    }
  }

  @Test("No secret stands in plain in any file of the state directory")
  func nothingInPlain() async throws {
    let secret = "bfb279f9aa9bdbcf158e97dd71a467cd"
    let seal = Seal(key: SymmetricKey(size: .bits256))
    try await TemporaryDirectory.use { path in
      try await use(path) { store in
        try await store.changeSettings(
          ["secret": .sealed(try seal.close(secret, name: "secret")), "plain": .plain("in-the-open")], by: "asha", at: 1
        )
        // While it is open the log holds it, and sooner or later the database.
        #expect(try files(in: path, holding: secret) == [])
        #expect(try !files(in: path, holding: "in-the-open").isEmpty)
      }
      #expect(try files(in: path, holding: secret) == [])
      #expect(try files(in: path, holding: "in-the-open") == ["mpesad.db"])
    }
  }

  private func files(in path: String, holding text: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { name in
      let bytes = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
      return bytes.range(of: Data(text.utf8)) != nil
    }
  }
}
