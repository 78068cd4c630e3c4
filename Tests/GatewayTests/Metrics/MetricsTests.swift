import Metrics
import Store
import Testing

@testable import Gateway

@Suite("Metrics as Prometheus reads them", .timeLimit(.minutes(1)))
struct MetricsTests {
  private func scrape(_ gateway: TestGateway) async throws -> ExpositionReader {
    let answer = try await gateway.send("GET", "/metrics")
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    return try ExpositionReader(answer.body)
  }

  @Test("What happened is counted, each thing once")
  func counted() async throws {
    try await TestGateway.run { gateway in
      for _ in 0..<3 { _ = try await gateway.send("POST", "/api/payments/callbacks/", body: "{}") }
      gateway.store.set(.failing(.overloaded))
      _ = try await gateway.send("POST", "/api/payments/callbacks/", body: "{}")
      gateway.store.set(.failing(.unavailable(detail: "disk full")))
      _ = try await gateway.send("POST", "/api/payments/callbacks/", body: "{}")
      _ = try await gateway.send("GET", "/api/payments/callbacks/")
      _ = try await gateway.send("GET", "/api/orders/9/")
      _ = try await gateway.send("GET", "/api/orders/10/")
      _ = try await gateway.send("PROPFIND", "/no/such/address")
      let metrics = try await scrape(gateway)
      let callbacks = ["stored": 3.0, "spooled": 0, "overloaded": 1, "unavailable": 1, "refused": 1]
      for (outcome, count) in callbacks {
        #expect(metrics.value("mpesad_callbacks_total", ["outcome": outcome]) == count, "\(outcome)")
      }
      #expect(metrics.value("mpesad_callback_commit_seconds_count") == 3)
      #expect(
        metrics.value(
          "mpesad_http_requests_total", ["route": "/api/orders/{id}", "method": "GET", "status": "401"]) == 2)
      #expect(
        metrics.value("mpesad_http_requests_total", ["route": "none", "method": "other", "status": "404"]) == 1)
      #expect(metrics.value("mpesad_inbox_waiting") == 2)
      #expect(metrics.value("mpesad_inbox_oldest_seconds") == 1.5)
      #expect(metrics.value("mpesad_transactions", ["status": "pending"]) == 3)
      #expect(metrics.value("mpesad_build_info", ["version": "1.2.3"]) == 1)
      #expect(metrics.value("mpesad_store_writable") == 1)
    }
  }

  @Test("What proves nothing is counted: what is there, and what had to go")
  func unproven() {
    let found = UnprovenMessages(rows: 3, bytes: 900, withoutEvent: 5, removed: (7, 2, 999))
    let text = MetricFamily.text(MetricFamily.families(of: found))
    for line in [
      "mpesad_inbox_unproven 3", "mpesad_inbox_unproven_bytes 900", "mpesad_inbox_unproven_without_event_total 5",
      #"mpesad_inbox_unproven_removed_total{what="message"} 7"#, #"mpesad_inbox_unproven_removed_total{what="body"} 2"#,
    ] {
      #expect(text.split(separator: "\n").contains { $0 == line }, "\(line) in\n\(text)")
    }
    for family in MetricFamily.families(of: found) { #expect(MetricCatalog.help[family.name] != nil) }
  }

  @Test("Every metric has its meaning; histograms add up; the process is described")
  func wellFormed() async throws {
    try await TestGateway.run { gateway in
      _ = try await gateway.send("POST", "/api/payments/callbacks/", body: "{}")
      _ = try await gateway.send("GET", "/healthz")
      let metrics = try await scrape(gateway)
      for (name, family) in metrics.families {
        #expect(MetricCatalog.help[name] != nil, "\(name) has no meaning in the catalogue")
        #expect(family.type != "counter" || name.hasSuffix("_total"), "\(name)")
        guard family.type == "histogram" else { continue }
        let series = Dictionary(grouping: family.samples.filter { $0.name.hasSuffix("_bucket") }) {
          $0.labels.filter { $0.key != "le" }
        }
        for (labels, buckets) in series {
          #expect(buckets.last?.labels["le"] == "+Inf")
          #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.value <= $1.value }, "\(name) \(labels)")
          #expect(metrics.value(name + "_count", labels) == buckets.last?.value)
          #expect(metrics.value(name + "_sum", labels).map { $0 > 0 } == true)
        }
      }
      #expect(metrics.value("process_resident_memory_bytes").map { $0 > 1_000_000 } == true)
      #expect(metrics.value("process_cpu_seconds_total").map { $0 > 0 } == true)
      #expect(metrics.value("process_start_time_seconds").map { $0 > 1_500_000_000 } == true)
      #expect(metrics.value("process_open_fds").map { $0 > 3 } == true)
    }
  }

  @Test("A database that cannot be read costs its own numbers, not all of them")
  func unreadable() async throws {
    try await TestGateway.run { gateway in
      gateway.store.set(WritePathState(failure: "disk full", spoolBytes: 512))
      gateway.store.fail(.unavailable(detail: "disk full"))
      let metrics = try await scrape(gateway)
      #expect(metrics.value("mpesad_store_readable") == 0)
      #expect(metrics.value("mpesad_store_writable") == 0)
      #expect(metrics.value("mpesad_spool_bytes") == 512)
      #expect(metrics.value("mpesad_inbox_waiting") == nil)
    }
  }

  @Test(
    "What came through a proxy is not from this host",
    arguments: ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
  func proxied(header: String) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send("GET", "/metrics", headers: [(header, "127.0.0.1")])
      #expect(answer.status == 401)
      let user = try await gateway.send(
        "GET", "/metrics", token: TestGateway.token(), headers: [(header, "127.0.0.1")])
      #expect(user.status == 403 && user.errorCode == "forbidden")
      let staff = try await gateway.send(
        "GET", "/metrics", token: TestGateway.token(user: "1", staff: true), headers: [(header, "127.0.0.1")])
      #expect(staff.status == 200)
    }
  }

  @Test(
    "This host is its loopback addresses and its Unix sockets",
    arguments: [
      ("127.0.0.1", true), ("127.8.8.8", true), ("::1", true), ("::ffff:127.0.0.1", true), ("10.0.0.1", false),
      ("::2", false), ("196.201.214.200", false),
    ])
  func thisHost(address: String, isThisHost: Bool) throws {
    #expect(ClientAddress.ip(try #require(IPAddress(address))).isThisHost == isThisHost)
    #expect(ClientAddress.local.isThisHost)
    #expect(!ClientAddress.unknown.isThisHost)
  }
}

@Suite("The backend of swift-metrics")
struct PrometheusMetricsTests {
  @Test("The same name and labels are the same series; another kind under a taken name is counted nowhere")
  func series() throws {
    let metrics = PrometheusMetrics()
    Metrics.Counter(label: "a_total", dimensions: [("x", "1")], factory: metrics).increment(by: 2)
    Metrics.Counter(label: "a_total", dimensions: [("x", "1")], factory: metrics).increment()
    Metrics.Counter(label: "a_total", dimensions: [("x", "2")], factory: metrics).increment()
    Meter(label: "a_total", factory: metrics).set(7)
    Gauge(label: "g", factory: metrics).record(1.25)
    FloatingPointCounter(label: "f.total", factory: metrics).increment(by: 0.5)
    let text = MetricFamily.text(metrics.snapshot())
    let read = try ExpositionReader(text)
    #expect(read.value("a_total", ["x": "1"]) == 3)
    #expect(read.value("a_total", ["x": "2"]) == 1)
    #expect(read.families["a_total"]?.samples.count == 2)
    #expect(read.value("g") == 1.25)
    #expect(read.value("f_total") == 0.5)
  }

  @Test("Labels cannot break out of their quotes, and their number is bounded")
  func hostile() throws {
    let metrics = PrometheusMetrics()
    Metrics.Counter(label: "a_total", dimensions: [("x", "\"} 1\nb_total 2 \\")], factory: metrics).increment()
    for number in 0..<2_000 {
      Metrics.Counter(label: "b_total", dimensions: [("n", "\(number)")], factory: metrics).increment()
    }
    let read = try ExpositionReader(MetricFamily.text(metrics.snapshot()))
    #expect(read.families["a_total"]?.samples.count == 1)
    #expect(read.families["b_total"]?.samples.count == PrometheusMetrics.maximumSeries)
  }

  @Test(
    "A value on a bound belongs below it", arguments: [(0.0005, "0.0005"), (0.0006, "0.001"), (10, "10"), (11, "+Inf")])
  func bounds(value: Double, first: String) throws {
    let metrics = PrometheusMetrics()
    Timer(label: "t_seconds", factory: metrics).recordNanoseconds(Int64(value * 1e9))
    let read = try ExpositionReader(MetricFamily.text(metrics.snapshot()))
    let full = read.families["t_seconds"]?.samples.first { $0.name == "t_seconds_bucket" && $0.value == 1 }
    #expect(full?.labels["le"] == first)
  }
}
