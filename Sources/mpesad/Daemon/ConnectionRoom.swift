import Gateway
import Logging
import Synchronization

/// How many connections there may be: what the setting asks for, as far as the system gives descriptors.
final class ConnectionRoom: Sendable {
  private let logger: Logger
  /// What was asked for when it was told last that not all of it fits.
  private let told = Mutex<Int?>(nil)

  init(logger: Logger) { self.logger = logger }

  /// The gateway's limits with so many connections. Streams take a quarter of them at most, so that callbacks find room.
  func limits(for wanted: Int) -> GatewayLimits {
    let connections = connections(for: wanted)
    return GatewayLimits(connections: connections, streams: min(GatewayLimits().streams, max(connections / 4, 1)))
  }

  /// How many of these connections fit; raises the process's limit of descriptors first, and tells once if they do not all fit.
  /// - Parameter wanted: `connection_limit`.
  func connections(for wanted: Int) -> Int {
    let descriptors = DescriptorLimit.raise(for: wanted)
    let fitting = descriptors.connections(of: wanted)
    let isNews = told.withLock { told in
      defer { told = fitting < wanted ? wanted : nil }
      return fitting < wanted && told != wanted
    }
    if isNews {
      logger.warning(
        """
        Not all connections of connection_limit fit into the descriptors that the system allows; who is too many waits. Raise \
        LimitNOFILE= of the service (`ulimit -n` of a shell), or lower connection_limit.
        """,
        metadata: [
          "connection_limit": "\(wanted)", "connections": "\(fitting)", "descriptors": "\(descriptors.limit)",
          "reserved": "\(descriptors.reserved)",
        ])
    }
    return fitting
  }
}
