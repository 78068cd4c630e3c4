import Synchronization

/// The proxies whose X-Forwarded-For is believed; others can be named while requests are served.
final class TrustedProxies: Sendable {
  private let list: Mutex<AddressList>

  init(_ proxies: AddressList) { list = Mutex(proxies) }

  /// Whom the next request is believed through.
  var current: AddressList { list.withLock { $0 } }

  /// Others from the next request on, also on connections that are open.
  func replace(with proxies: AddressList) { list.withLock { $0 = proxies } }
}
