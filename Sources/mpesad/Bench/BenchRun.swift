import Foundation
import Gateway
import Logging
import NIOCore
import NIOPosix
import Payments
import Store

/// One bench run, from an empty directory to the count after reopening.
struct BenchRun: Sendable {
  /// Seeded for each second of an unpaced run: more than any machine of this size was seen to take.
  static let seedPerSecond = 45_000.0
  /// How long settling may take after the last answer before the run is called failed, in seconds.
  static let settlePatience = 300.0

  let ground: String
  let connections: Int
  let seconds: Double
  let rate: Double?
  let most: Int?
  let progress: @Sendable (String) -> Void

  func run() async throws -> BenchReport {
    let directory = ground + "/mpesad-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    progress("Measuring the disk of \(ground) ...")
    let floor = try SyncFloor.measure(in: directory)
    // Both ends of each connection are in this process.
    _ = DescriptorLimit.raise(for: 2 * connections + 16)
    let settings = try await settings(directory)
    // Audit lines are written as in production, only not to the terminal.
    let logger = Logger(label: "mpesad") { _ in FileLog(path: directory + "/log", level: .info) }
    let daemon = try await Daemon.open(settings, logger: logger)
    let count = most ?? Int(seconds * (rate.map { $0 * 1.01 + 1 } ?? Self.seedPerSecond))
    progress("Seeding \(count) pending transactions ...")
    let transactions = try await daemon.store.seedPendingTransactions(count)
    let load = CallbackLoad(tokens: daemon.tokens, transactions: transactions, path: "/api/payments/callbacks")
    let measured = try await measure(daemon, load, directory)
    progress("Closing, opening again and counting ...")
    return try await report(measured, load, floor, directory, settings)
  }

  /// What the load and its watchers saw.
  private struct Measured {
    var tally: LoadTally
    var settledAfter: Double
    var walPeak: Int
    var statistics: WriterStatistics
  }

  private func measure(_ daemon: Daemon, _ load: CallbackLoad, _ directory: String) async throws -> Measured {
    try await withThrowingTaskGroup(of: Measured?.self) { group in
      group.addTask {
        try await daemon.run()
        return nil
      }
      group.addTask {
        let port = try await daemon.gateway.port()
        let before = daemon.store.statistics
        progress("Posting over \(connections) connections for \(seconds) s ...")
        let wal = WALWatch(path: directory + "/mpesad.db-wal")
        let tally = try await post(load, port: port)
        progress("Waiting for the last one to be settled ...")
        let settledAfter = try await waitUntilSettled(daemon.store)
        var statistics = daemon.store.statistics
        statistics.deliveryCommits -= before.deliveryCommits
        statistics.deliveries -= before.deliveries
        return Measured(tally: tally, settledAfter: settledAfter, walPeak: wal.stop(), statistics: statistics)
      }
      defer { group.cancelAll() }
      while let next = try await group.next() {
        if let measured = next { return measured }
      }
      throw BenchError.serverEnded
    }
  }

  private func post(_ load: CallbackLoad, port: Int) async throws -> LoadTally {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let done = loop.makePromise(of: LoadTally.self)
    let (seconds, rate, connections) = (seconds, rate, connections)
    try await loop.submit {
      let run = LoadRun(seconds: seconds, rate: rate, available: load.count, connections: connections) { run in
        done.succeed(run.tally)
      }
      let bound = NIOLoopBound(run, eventLoop: loop)
      let bootstrap = ClientBootstrap(group: loop).channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(LoadConnection(run: bound.value, load: load))
          }
        }
      for _ in 0..<connections {
        bootstrap.connect(host: "127.0.0.1", port: port).whenFailure { error in
          bound.value.fail("\(error)")
          bound.value.finished()
        }
      }
    }.get()
    let tally = try await done.futureResult.get()
    try await group.shutdownGracefully()
    if let failure = tally.failure { throw BenchError.load(failure) }
    return tally
  }

  private func waitUntilSettled(_ store: SQLiteStore) async throws -> Double {
    let start = ContinuousClock.now
    while try await store.hasUnsettledDeliveries() {
      guard ContinuousClock.now - start < .seconds(Self.settlePatience) else { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    let waited = ContinuousClock.now - start
    return Double(waited.components.seconds) + Double(waited.components.attoseconds) / 1e18
  }

  private func report(
    _ measured: Measured, _ load: CallbackLoad, _ floor: LatencySample, _ directory: String, _ settings: Settings
  ) async throws -> BenchReport {
    let store = try SQLiteStore(
      directory: directory, options: settings.storeOptions, logger: Logger(label: "count"))
    let delivered = try await store.deliveredTransactions(in: load.transactions)
    let completed = Set(try await store.completedTransactions(in: load.transactions))
    await store.close()
    let tally = measured.tally
    let acknowledged = tally.acknowledged.map { load.transaction($0) }
    let latency = tally.sample.percentiles([0.5, 0.95, 0.99, 1])
    let sync = floor.percentiles([0.5, 0.99])
    return BenchReport(
      connections: connections, seconds: tally.seconds, rate_asked: rate, acknowledged: acknowledged.count,
      acknowledged_per_second: Double(acknowledged.count) / tally.seconds,
      refused: tally.refused + tally.lostAnswers, latency_p50_ms: latency[0], latency_p95_ms: latency[1],
      latency_p99_ms: latency[2], latency_max_ms: latency[3],
      average_batch: Double(measured.statistics.deliveries) / Double(max(measured.statistics.deliveryCommits, 1)),
      fdatasync_p50_ms: sync[0], fdatasync_p99_ms: sync[1],
      settled_seconds_after_last_answer: measured.settledAfter, wal_peak_bytes: measured.walPeak,
      memory_peak_bytes: ProcessMemory.peakBytes(),
      inbox_rows_missing: acknowledged.count { !delivered.contains($0) },
      not_settled: acknowledged.count { !completed.contains($0) }, ran_out: tally.ranOut)
  }

  private func settings(_ directory: String) async throws -> Settings {
    let flags: [Setting: String] = [
      .listen: "127.0.0.1:0", .stateDirectory: directory, .connectionLimit: String(connections + 16),
    ]
    return try Settings(try await SettingsSource(file: nil, environment: [:], flags: flags))
  }
}

/// Why a bench run gave no figures.
enum BenchError: Error, CustomStringConvertible {
  case serverEnded
  case load(String)

  var description: String {
    switch self {
    case .serverEnded: "The server ended before the run was over."
    case .load(let reason): "The load could not be posted: \(reason)."
    }
  }
}
