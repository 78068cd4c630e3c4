import Synchronization

/// How many streams are open: a stream holds a connection for minutes, so that nobody may have many.
final class StreamPlaces: Sendable {
  private struct State {
    var all = 0
    var byUser: [String: Int] = [:]
  }

  private let limit: Int
  private let limitPerUser: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limit: streams at once in all.
  ///   - limitPerUser: streams at once of one user.
  init(limit: Int, limitPerUser: Int) {
    self.limit = limit
    self.limitPerUser = limitPerUser
  }

  /// How many are taken.
  var taken: Int { state.withLock { $0.all } }

  /// Takes a place for a user; it is free again when nothing refers to it any more.
  func take(for user: String) throws(APIError) -> Place {
    let refusal = state.withLock { state -> ErrorCode? in
      if state.byUser[user, default: 0] >= limitPerUser { return .tooManyStreams }
      if state.all >= limit { return .streamsFull }
      state.all += 1
      state.byUser[user, default: 0] += 1
      return nil
    }
    if let refusal { throw APIError(refusal, retryAfter: Self.retryAfter) }
    return Place(user: user, places: self)
  }

  /// When it is worth trying again: streams end with their payments, within a minute or two.
  private static let retryAfter = Duration.seconds(15)

  private func free(_ user: String) {
    state.withLock { state in
      state.all -= 1
      let left = state.byUser[user, default: 1] - 1
      state.byUser[user] = left > 0 ? left : nil
    }
  }

  /// One stream's place.
  final class Place: Sendable {
    private let user: String
    private let places: StreamPlaces

    fileprivate init(user: String, places: StreamPlaces) {
      self.user = user
      self.places = places
    }

    deinit { places.free(user) }
  }
}
