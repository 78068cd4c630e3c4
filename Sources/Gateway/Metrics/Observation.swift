public import Daraja
public import Reconciliation
public import Store

/// What the gateway is given to show from outside: the house's numbers and its news.
public struct Observation: Sendable {
  /// Numbers that are read at the moment when somebody asks for them.
  public typealias Source = @Sendable () async -> [MetricFamily]

  /// Wakes those who watch a payment.
  public var feed: TransactionFeed
  /// What is counted as it happens.
  public var metrics: PrometheusMetrics
  /// What is read when asked for, besides what the store, the process and the gateway say.
  public var sources: [Source]
  /// The program's version.
  public var version: String

  /// What is observed of a house; by itself only what the gateway does.
  public init(
    feed: TransactionFeed = TransactionFeed(), metrics: PrometheusMetrics = PrometheusMetrics(),
    sources: [Source] = [], version: String = "unknown"
  ) {
    self.feed = feed
    self.metrics = metrics
    self.sources = sources
    self.version = version
  }
}

extension MetricFamily {
  /// What a questioner may ask now.
  public static func families(of standing: Questioner.Standing) -> [MetricFamily] {
    [
      MetricFamily("mpesad_query_budget_available", .gauge, Double(standing.available)),
      MetricFamily("mpesad_breaker_open", .gauge, standing.isBreakerOpen ? 1 : 0),
      MetricFamily(
        "mpesad_questions_asked_total", .counter,
        QuestionClass.allCases.map { .init(Double(standing.asked[$0] ?? 0), labels: [("class", $0.rawValue)]) }),
    ]
  }

  /// How many questions of each class are due. Left out while the database cannot be read.
  public static func families(ofWaiting waiting: [QuestionClass: Int]?) -> [MetricFamily] {
    guard let waiting else { return [] }
    return [
      MetricFamily(
        "mpesad_questions_waiting", .gauge,
        QuestionClass.allCases.map { .init(Double(waiting[$0] ?? 0), labels: [("class", $0.rawValue)]) })
    ]
  }

  /// What there is of messages that prove nothing, and what had to go.
  public static func families(of unproven: UnprovenMessages) -> [MetricFamily] {
    [
      MetricFamily("mpesad_inbox_unproven", .gauge, Double(unproven.rows)),
      MetricFamily("mpesad_inbox_unproven_bytes", .gauge, Double(unproven.bytes)),
      MetricFamily(
        "mpesad_inbox_unproven_removed_total", .counter,
        [
          .init(Double(unproven.removed.rows), labels: [("what", "message")]),
          .init(Double(unproven.removed.bodies), labels: [("what", "body")]),
        ]),
      MetricFamily("mpesad_inbox_unproven_without_event_total", .counter, Double(unproven.withoutEvent)),
    ]
  }

  /// What waits to be told to the merchant.
  public static func families(of census: OutboxCensus, now: Microseconds) -> [MetricFamily] {
    let age = census.oldestWaiting.map { Double(max(now - $0, 0)) / 1_000_000 } ?? 0
    return [
      MetricFamily("mpesad_outbox_waiting", .gauge, Double(census.waiting)),
      MetricFamily("mpesad_outbox_parked", .gauge, Double(census.parked)),
      MetricFamily("mpesad_outbox_oldest_seconds", .gauge, age),
    ]
  }
}
