import Store
import Testing

@testable import mpesad

/// The exit codes are a promise to scripts.
@Suite struct ExitStatusTests {
  static let kinds: [(OperationError.Kind, Int32)] = [
    (.refused, 1), (.invalid, 64), (.notFound, 66), (.unavailable, 69), (.failed, 70), (.tryAgain, 75),
    (.notPermitted, 77), (.misconfigured, 78),
  ]

  @Test(arguments: kinds) func eachKindOfNoHasItsCode(kind: OperationError.Kind, code: Int32) {
    #expect(ExitStatus.code(of: kind).rawValue == code)
    #expect(Set(Self.kinds.map(\.0)) == Set(OperationError.Kind.allCases), "the table is whole")
  }

  static let errors: [(any Error, Int32)] = [
    (StoreError.newerSchema(path: "x", unknown: ["9999"]), 65),
    (StoreError.cannotOpen(path: "x", detail: "y"), 73),
    (DaemonError.stateDirectory(path: "x", detail: "y"), 73),
    (Terminal.Unwritable(detail: "the disk is full"), 74),
    (SettingsError.unreadableFile(path: "x", detail: "y"), 78),
    (OperationError(.notFound, "There is no order 1."), 66),
    (ExitStatus.no, 1),
    (CancellationError(), 70),
  ]

  @Test(arguments: errors) func eachErrorHasItsCode(error: any Error, code: Int32) {
    #expect(ExitStatus.report(error).rawValue == code)
  }

  @Test func whatTheStoreSaysIsSaidAsAnOperatorMeetsIt() {
    #expect(OperationError(StoreError.overloaded).kind == .tryAgain)
    #expect(OperationError(StoreError.closed).kind == .tryAgain)
    #expect(OperationError(StoreError.unavailable(detail: "full")).kind == .unavailable)
    #expect(OperationError(StoreError.unavailable(detail: "full")).description.contains("full"))
    #expect(OperationError(CancellationError()).kind == .failed)
  }
}
