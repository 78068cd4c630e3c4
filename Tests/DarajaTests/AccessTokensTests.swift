import Synchronization
import Testing

@testable import Daraja

@Suite struct AccessTokensTests {
  /// Gives out token-1, token-2, …
  private final class Issuer: Sendable {
    private let count = Mutex(0)
    var fetches: Int { count.withLock { $0 } }

    func next(lifetimeSeconds: Int64 = 3_599) -> AccessTokens.Grant {
      let number = count.withLock {
        $0 += 1
        return $0
      }
      return AccessTokens.Grant(token: Secret("token-\(number)"), lifetimeSeconds: lifetimeSeconds)
    }
  }

  private func tokens(
    clock: ManualClock = ManualClock(), issuer: Issuer, lifetimeSeconds: Int64 = 3_599
  ) -> AccessTokens {
    AccessTokens(uptime: { Uptime(microseconds: clock.now) }) { () async throws(DarajaFailure) in
      issuer.next(lifetimeSeconds: lifetimeSeconds)
    }
  }

  @Test func aHundredCallersShareOneFetch() async throws {
    let issuer = Issuer()
    let gate = Gate()
    let tokens = AccessTokens(uptime: { Uptime(microseconds: 0) }) { () async throws(DarajaFailure) in
      await gate.wait()
      return issuer.next()
    }
    let values = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<100 { group.addTask { try await tokens.token() } }
      gate.open()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values == Array(repeating: "token-1", count: 100))
    #expect(issuer.fetches == 1)
  }

  @Test func aTokenIsRenewedAMinuteBeforeItsEnd() async throws {
    let clock = ManualClock()
    let issuer = Issuer()
    let tokens = tokens(clock: clock, issuer: issuer, lifetimeSeconds: 3_599)
    #expect(try await tokens.token() == "token-1")
    clock.advance(seconds: 3_538)
    #expect(try await tokens.token() == "token-1")
    clock.advance(seconds: 1)
    #expect(try await tokens.token() == "token-2")
  }

  @Test(arguments: [(0, 0), (-5, 0), (1, 1), (40, 20), (Int64.max, 86_340), (Int64.min, 0)] as [(Int64, Int64)])
  func oddLifetimes(lifetime: Int64, usedFor: Int64) async throws {
    let clock = ManualClock()
    let issuer = Issuer()
    let tokens = tokens(clock: clock, issuer: issuer, lifetimeSeconds: lifetime)
    _ = try await tokens.token()
    if usedFor > 0 {
      clock.advance(seconds: usedFor - 1)
      #expect(try await tokens.token() == "token-1")
      clock.advance(seconds: 1)
    }
    #expect(try await tokens.token() == "token-2")
  }

  @Test func theLifetimeCountsFromTheQuestion() async throws {
    let clock = ManualClock()
    let issuer = Issuer()
    let tokens = AccessTokens(uptime: { Uptime(microseconds: clock.now) }) { () async throws(DarajaFailure) in
      clock.advance(seconds: 100)
      return issuer.next(lifetimeSeconds: 160)
    }
    #expect(try await tokens.token() == "token-1")
    #expect(try await tokens.token() == "token-2")
  }

  @Test func aRefusedTokenIsFetchedAnewOnce() async throws {
    let issuer = Issuer()
    let tokens = tokens(issuer: issuer)
    let first = try await tokens.token()
    await tokens.invalidate(first)
    #expect(try await tokens.token() == "token-2")
    // Late news about the first one, from a call that had been under way.
    await tokens.invalidate(first)
    #expect(try await tokens.token() == "token-2")
    #expect(issuer.fetches == 2)
  }

  @Test func aRefusalDuringTheFetchDoesNotStartAnother() async throws {
    let issuer = Issuer()
    let gate = Gate()
    let started = Gate()
    let tokens = AccessTokens(uptime: { Uptime(microseconds: 0) }) { () async throws(DarajaFailure) in
      if issuer.fetches == 1 {
        started.open()
        await gate.wait()
      }
      return issuer.next()
    }
    let first = try await tokens.token()
    await tokens.invalidate(first)
    async let second = tokens.token()
    await started.wait()
    await tokens.invalidate(first)
    async let third = tokens.token()
    gate.open()
    #expect(try await [second, third] == ["token-2", "token-2"])
    #expect(issuer.fetches == 2)
  }

  @Test func aFailureIsSharedAndTheNextCallTriesAgain() async throws {
    let attempts = Mutex(0)
    let gate = Gate()
    let failure = DarajaFailure(kind: .serverError, httpStatus: 503, message: "down")
    let tokens = AccessTokens(uptime: { Uptime(microseconds: 0) }) { () async throws(DarajaFailure) in
      let attempt = attempts.withLock {
        $0 += 1
        return $0
      }
      if attempt == 1 {
        await gate.wait()
        throw failure
      }
      return AccessTokens.Grant(token: Secret("token"), lifetimeSeconds: 3_599)
    }
    let results = await withTaskGroup(of: Result<String, DarajaFailure>.self) { group in
      for _ in 0..<100 {
        group.addTask {
          do throws(DarajaFailure) {
            return .success(try await tokens.token())
          } catch {
            return .failure(error)
          }
        }
      }
      // All of them have to be waiting before the fetch fails: whoever comes later tries again.
      while await tokens.waiting < 100 { await Task.yield() }
      gate.open()
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results == Array(repeating: .failure(failure), count: 100))
    #expect(attempts.withLock { $0 } == 1)
    #expect(try await tokens.token() == "token")
  }

  @Test func cancellingOneCallerDoesNotCancelTheFetchOfTheOthers() async throws {
    let issuer = Issuer()
    let gate = Gate()
    let started = Gate()
    let tokens = AccessTokens(uptime: { Uptime(microseconds: 0) }) { () async throws(DarajaFailure) in
      started.open()
      await gate.wait()
      return issuer.next()
    }
    let impatient = Task { try await tokens.token() }
    await started.wait()
    impatient.cancel()
    async let patient = tokens.token()
    gate.open()
    #expect(try await patient == "token-1")
    #expect(issuer.fetches == 1)
  }
}
