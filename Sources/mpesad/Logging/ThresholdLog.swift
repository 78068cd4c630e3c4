import Logging

/// Any log handler, with the level of a ``LogThreshold``. A logger that is given a level of its own keeps that.
struct ThresholdLog: LogHandler {
  private var handler: any LogHandler
  private let threshold: LogThreshold
  private var own: Logger.Level?

  init(_ handler: any LogHandler, _ threshold: LogThreshold) {
    self.handler = handler
    self.threshold = threshold
  }

  var logLevel: Logger.Level {
    get { own ?? threshold.level }
    set { own = newValue }
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  var metadataProvider: Logger.MetadataProvider? {
    get { handler.metadataProvider }
    set { handler.metadataProvider = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) { handler.log(event: event) }
}
