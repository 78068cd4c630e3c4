public import Logging

#if canImport(Glibc)
  import Glibc
#endif

/// A log handler that writes native entries of the journal, so that every value can be searched for by its field.
///
/// An entry is handed over before the call returns. One that the journal does not take is written to standard error with its priority
/// (sd-daemon(3)), so that it is not lost where that leads to the journal as well.
public struct JournalLog: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level
  private let label: String
  private let identifier: String

  /// - Parameters:
  ///   - label: the logger's.
  ///   - identifier: what the program is called in the journal; `journalctl -t` finds it.
  ///   - logLevel: the least level that is written.
  ///   - metadataProvider: adds metadata of the moment.
  public init(
    label: String, identifier: String, logLevel: Logger.Level, metadataProvider: Logger.MetadataProvider? = nil
  ) {
    self.label = label
    self.identifier = identifier
    self.logLevel = logLevel
    self.metadataProvider = metadataProvider
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let result = entry(for: event).send()
    guard result < 0 else { return }
    let message = event.message.description.replacing("\n", with: " ")
    let line =
      "<\(event.level.journalPriority)>\(label): \(message) (not taken as an entry: \(String(cString: strerror(-result))))\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
  }

  /// The entry that an event becomes. What is nearer to the event wins: its own metadata, then the provider's, then the handler's.
  func entry(for event: LogEvent) -> JournalEntry {
    let metadata = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
    return JournalEntry(event, label: label, identifier: identifier, metadata: metadata)
  }
}
