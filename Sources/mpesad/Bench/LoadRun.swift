import Dispatch

/// What a load run saw.
struct LoadTally: Sendable {
  var sample: LatencySample
  /// Indexes of the requests that were answered 200.
  var acknowledged: [Int]
  var refused: Int
  var lostAnswers: Int
  /// What ended the run early.
  var failure: String?
  /// From the start to the last answer.
  var seconds: Double
  /// True when the load was used up before the time was.
  var ranOut: Bool
}

/// The plan and the tally of a load run. Lives on the one event loop of the load, so it needs no lock.
///
/// With a rate, requests are due at fixed times and their latency counts from then, so that a slow server cannot hide its queue by slowing
/// down the clients.
final class LoadRun {
  enum Next { case send(index: Int, due: UInt64), wait(nanoseconds: UInt64), stop }

  private let start: UInt64
  private let end: UInt64
  private let interval: UInt64?
  private let available: Int
  private var sent = 0
  private var open: Int
  private let done: (LoadRun) -> Void

  private var sample = LatencySample()
  private var acknowledged: [Int] = []
  private var refused = 0
  private var lostAnswers = 0
  private var failure: String?
  private var lastAnswer: UInt64 = 0

  /// - Parameters:
  ///   - seconds: how long requests are sent.
  ///   - rate: requests a second in all, or nil for as many as the server takes.
  ///   - available: how many requests there are.
  ///   - done: called once when every connection has ended.
  init(seconds: Double, rate: Double?, available: Int, connections: Int, done: @escaping (LoadRun) -> Void) {
    start = DispatchTime.now().uptimeNanoseconds
    end = start + UInt64(seconds * 1e9)
    interval = rate.map { UInt64(1e9 / $0) }
    self.available = available
    self.open = connections
    self.done = done
  }

  /// What happened so far.
  var tally: LoadTally {
    LoadTally(
      sample: sample, acknowledged: acknowledged, refused: refused, lostAnswers: lostAnswers, failure: failure,
      seconds: Double(max(lastAnswer, start + 1) - start) / 1e9, ranOut: sent >= available)
  }

  func next(at now: UInt64) -> Next {
    guard now < end, sent < available, failure == nil else { return .stop }
    guard let interval else {
      sent += 1
      return .send(index: sent - 1, due: now)
    }
    let due = start + UInt64(sent) * interval
    guard due <= now else { return .wait(nanoseconds: max(due - now, 50_000)) }
    sent += 1
    return .send(index: sent - 1, due: due)
  }

  func answered(_ index: Int, status: Int, after nanoseconds: UInt64) {
    lastAnswer = DispatchTime.now().uptimeNanoseconds
    guard status == 200 else {
      refused += 1
      return
    }
    sample.add(nanoseconds: nanoseconds)
    acknowledged.append(index)
  }

  func lost(_ index: Int) { lostAnswers += 1 }

  func fail(_ reason: String) { failure = failure ?? reason }

  func finished() {
    open -= 1
    if open == 0 { done(self) }
  }
}
