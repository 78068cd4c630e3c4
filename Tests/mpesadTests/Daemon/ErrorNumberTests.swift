import Foundation
import Gateway
import Logging
import Store
import Testing

@testable import mpesad

@Suite struct ErrorNumberTests {
  @Test(arguments: [
    (StoreError.cannotOpen(path: "x", detail: "full", code: ENOSPC) as any Error, ENOSPC as CInt?),
    (StoreError.cannotOpen(path: "x", detail: "corrupt"), nil),
    (StoreError.locked(path: "x", holder: "process 7"), EBUSY),
    (GatewayError.cannotListen(on: "127.0.0.1:80", detail: "denied", code: EACCES), EACCES),
    (DaemonError.keyFile(path: "x", detail: "short"), nil),
    (SettingsError.unknown(name: "x", place: "y", suggestion: nil), nil),
  ])
  func itIsTheSystemsWhereTheSystemSaidOne(error: any Error, code: CInt?) { #expect(ErrorNumber.of(error) == code) }

  @Test func whatTheFileSystemSaysArrives() throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let file = try workspace.file("file", "")
    let state = #expect(throws: DaemonError.self) { try Daemon.prepare(file + "/below") }
    #expect(state.flatMap { ErrorNumber.of($0) } == ENOTDIR)
    let store = #expect(throws: StoreError.self) {
      try SQLiteStore(
        directory: workspace.path + "/missing", logger: Logger(label: "x") { _ in SwiftLogNoOpLogHandler() })
    }
    #expect(store.flatMap { ErrorNumber.of($0) } == ENOENT)
  }
}
