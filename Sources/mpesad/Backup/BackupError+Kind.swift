import Store

extension BackupError {
  /// What kind of no it is.
  var kind: OperationError.Kind {
    switch self {
    case .exists, .notWhole, .unreadable: .refused
    case .missing: .notFound
    case .beingWritten, .inUse, .logTooLong: .tryAgain
    case .noRoom, .cannotWrite: .unavailable
    }
  }
}
