import AsyncHTTPClient
import Daraja
import Foundation
import Gateway
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS

/// Looks at the way to Daraja over the real network.
struct NetworkProbe: NetworkProbing {
  /// How long each look may take.
  static let deadline = TimeAmount.seconds(10)
  /// As many addresses of a host as are worth showing.
  static let shownAddresses = 4

  func addresses(of host: String) async -> Result<[String], ProbeFailure> {
    do {
      // The resolver blocks, and is not to block an event loop.
      let found = try await NIOThreadPool.singleton.runIfActive { try Self.resolve(host) }
      return .success(Array(found.prefix(Self.shownAddresses)))
    } catch {
      return .failure(Self.failure(error))
    }
  }

  func connect(to host: String, port: Int) async -> Result<Void, ProbeFailure> {
    do {
      try await Self.bootstrap.connect(host: host, port: port).get().close()
      return .success(())
    } catch {
      return .failure(Self.failure(error))
    }
  }

  func certificateEnd(of host: String, port: Int) async -> Result<Microseconds, ProbeFailure> {
    do {
      let context = try NIOSSLContext(configuration: .makeClientConfiguration())
      let loop = MultiThreadedEventLoopGroup.singleton.next()
      let end = loop.makePromise(of: Microseconds.self)
      let timeout = loop.scheduleTask(in: Self.deadline) {
        end.fail(ProbeFailure(detail: "no handshake within \(Self.deadline.nanoseconds / 1_000_000_000) s"))
      }
      defer { timeout.cancel() }
      let channel: any Channel
      do {
        channel = try await Self.bootstrap(on: loop).channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let name = IPAddress(host) == nil ? host : nil
            try channel.pipeline.syncOperations.addHandlers([
              try NIOSSLClientHandler(context: context, serverHostname: name), HandshakeWatch(end: end),
            ])
          }
        }.connect(host: host, port: port).get()
      } catch {
        end.fail(error)
        throw error
      }
      // The connection has served, whichever way it went; a failed handshake has closed it already.
      end.futureResult.whenComplete { _ in channel.close(promise: nil) }
      return .success(try await end.futureResult.get())
    } catch {
      return .failure(Self.failure(error))
    }
  }

  func time(at url: String) async -> Result<Microseconds?, ProbeFailure> {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Microseconds?, ProbeFailure>
    do {
      let response = try await client.execute(HTTPClientRequest(url: url), timeout: Self.deadline)
      result = .success(response.headers.first(name: "Date").flatMap(Self.time))
    } catch {
      result = .failure(Self.failure(error))
    }
    do {
      try await client.shutdown()
    } catch {
      return .failure(Self.failure(error))
    }
    return result
  }

  private static var bootstrap: ClientBootstrap { bootstrap(on: MultiThreadedEventLoopGroup.singleton.next()) }

  private static func bootstrap(on loop: any EventLoop) -> ClientBootstrap {
    ClientBootstrap(group: loop).connectTimeout(deadline)
  }

  /// The time of a Date header (RFC 9110 §5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  static func time(_ header: String) -> Microseconds? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.date(from: header).map { Microseconds($0.timeIntervalSince1970 * 1_000_000) }
  }

  private static func resolve(_ host: String) throws -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else { throw ProbeFailure(detail: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(list) }
    var found: [String] = []
    var next = list
    while let entry = next {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let info = entry.pointee
      if getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
        found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      next = info.ai_next
    }
    return found
  }

  private static func failure(_ error: any Error) -> ProbeFailure {
    switch error {
    case let failure as ProbeFailure: failure
    case let error as NIOConnectionError:
      ProbeFailure(
        detail: (error.connectionErrors.first?.error).map { failure($0).detail } ?? "its address is unknown")
    case let error as IOError: ProbeFailure(detail: String(cString: strerror(error.errnoCode)))
    case ChannelError.connectTimeout:
      ProbeFailure(detail: "no answer within \(deadline.nanoseconds / 1_000_000_000) s")
    default: ProbeFailure(detail: "\(error)")
    }
  }
}

/// Waits for the end of a TLS handshake and reads the certificate.
private final class HandshakeWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let end: EventLoopPromise<Microseconds>

  init(end: EventLoopPromise<Microseconds>) { self.end = end }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
      do {
        guard let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate() else {
          throw ProbeFailure(detail: "it showed no certificate")
        }
        end.succeed(Microseconds(certificate.notValidAfter) * 1_000_000)
      } catch {
        end.fail(error)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    end.fail(ProbeFailure(detail: "it closed the connection during the handshake"))
  }
}
