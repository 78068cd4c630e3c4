import ServiceLifecycle
import UnixSignals

/// Reloads when SIGHUP comes.
///
/// From the moment it is made the signal no longer ends the process; it is acted on when the service runs. Signals that come while a reload is
/// under way need one more, not one each.
struct Hangups: Sendable {
  /// Who reloads, for the audit trail: the kernel does not say whose signal it is.
  static let name = "SIGHUP"

  private let signals: UnixSignalsSequence

  init() async { signals = await UnixSignalsSequence(trapping: .sighup) }

  /// The service that acts on them.
  func service(_ reloading: Reloading) -> some Service { Reloader(signals: signals, reloading: reloading) }

  private struct Reloader: Service {
    let signals: UnixSignalsSequence
    let reloading: Reloading

    func run() async throws {
      let (wanted, asks) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
      await cancelWhenGracefulShutdown {
        async let listening: Void = {
          for await _ in signals { asks.yield() }
          asks.finish()
        }()
        // Why one was refused is in the log; whoever sent the signal looks there.
        for await _ in wanted { _ = await reloading.reload(by: Hangups.name) }
        await listening
      }
    }
  }
}
