import Daraja
import Dispatch
import NIOCore
import Payments
import Synchronization

@testable import Store

extension NewDelivery {
  /// A delivery whose body begins with its number and is filled up to a size. It came to a payment's own address unless nil is given.
  static func numbered(
    _ number: Int, bytes: Int = 0, token: ProvenToken? = ProvenToken(TransactionID(1), nonce: nil)
  ) -> NewDelivery {
    var body = ByteBuffer(string: "\(number);")
    if body.readableBytes < bytes { body.writeRepeatingByte(UInt8(ascii: "x"), count: bytes - body.readableBytes) }
    return NewDelivery(body: body, receivedAt: Microseconds(number), source: "196.201.214.200", token: token)
  }

  var number: Int { Int(String(buffer: body).prefix { $0 != ";" }) ?? -1 }
}

extension Delivery {
  var number: Int { Int(String(decoding: body, as: UTF8.self).prefix { $0 != ";" }) ?? -1 }
}

extension PaymentStore {
  /// The numbers of all deliveries that wait, in order.
  func waitingNumbers() async throws -> [Int] {
    var numbers: [Int] = []
    var last: DeliveryID?
    while true {
      let page = try await received(after: last, limit: 5_000)
      guard let end = page.last else { return numbers }
      numbers += page.map(\.number)
      last = end.id
    }
  }
}

/// What became of appends made without waiting for each other.
final class Answers: Sendable {
  struct Counts: Hashable {
    var stored: Set<Int> = []
    var spooled: Set<Int> = []
    var refused: [Int: StoreError] = [:]
    var answers = 0
  }

  private let counts = Mutex(Counts())
  private let signal: AsyncStream<Void>
  private let tick: AsyncStream<Void>.Continuation

  init() { (signal, tick) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  var now: Counts { counts.withLock { $0 } }

  /// To be called with each append.
  func answer(_ number: Int) -> @Sendable (Result<Acceptance, StoreError>) -> Void {
    { result in
      self.counts.withLock { counts in
        counts.answers += 1
        switch result {
        case .success(.stored): counts.stored.insert(number)
        case .success(.spooled): counts.spooled.insert(number)
        case .failure(let error): counts.refused[number] = error
        }
      }
      self.tick.yield()
    }
  }

  /// Waits until so many were answered. One waiter at a time.
  func wait(for count: Int) async -> Counts {
    if now.answers >= count { return now }
    for await _ in signal where now.answers >= count { break }
    return now
  }
}

/// A door for the writer's thread: holds a job, and so everything behind it, until it is opened.
final class Gate: Sendable {
  private let entered: AsyncStream<Void>
  private let entering: AsyncStream<Void>.Continuation
  private let door = DispatchSemaphore(value: 0)

  init() { (entered, entering) = AsyncStream<Void>.makeStream() }

  /// Blocks the calling thread.
  func pass() {
    entering.yield()
    door.wait()
  }

  /// Returns once somebody stands at the door.
  func someoneWaits() async { for await _ in entered { return } }

  func open() { door.signal() }
}
