import AsyncHTTPClient
import Foundation
import GRDB
import NIOCore
import Testing

/// A copy that was put back knows nothing of the numbers that were given out after it was made. Whoever holds an address from then, Safaricom
/// with a callback or a shopper with a link, must never reach what has such a number now.
@Suite(.timeLimit(.minutes(5)), .serialized) struct LostNumbersTests {
  enum Way: String, CaseIterable {
    /// `mpesad restore`.
    case restore
    /// A backup of mpesad's, put in place with `cp`.
    case copiedBackup
    /// The database itself, copied while mpesad was stopped and put back with `cp`: nothing tells it from the database.
    case plainCopy
  }

  static let payments = 20
  /// Late and repeated ones.
  static let callbacks = 10_000

  @Test(arguments: Way.allCases)
  func lateCallbacksOfLostPaymentsPayNothing(way: Way) async throws {
    try await HeldSafaricom.run { safaricom, url in
      let workspace = try Workspace()
      defer { workspace.remove() }
      var configuration = HTTPClient.Configuration()
      // Each push under way has one, and so have those who post meanwhile.
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4 * Self.payments
      let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
      let shop = Shop(workspace: workspace, safaricom: safaricom, daraja: url, http: http)
      do {
        try await Self.play(way, shop)
      } catch {
        Issue.record("\(error)")
      }
      await safaricom.release()
      try await http.shutdown()
    }
  }

  private static func play(_ way: Way, _ shop: Shop) async throws {
    var daemon = try await shop.start()
    let kept = try await shop.prompted(1, on: daemon, phones: 100)
    let copy = shop.workspace.path + "/copy.db"
    if way == .plainCopy {
      try await daemon.stop()
      try FileManager.default.copyItem(atPath: shop.state + "/mpesad.db", toPath: copy)
      daemon = try await shop.start()
    } else {
      let made = try await CommandRun(["backup", copy, "--state", shop.state])
      #expect(made.status == 0, "\(made.messages)")
    }
    let lost = try await shop.prompted(payments, on: daemon, phones: 200)
    try await daemon.stop()
    if way == .restore {
      let restored = try await CommandRun(["restore", copy, "--state", shop.state, "--yes"])
      #expect(restored.status == 0, "\(restored.messages)")
    } else {
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: shop.state + "/mpesad.db" + ending)
      }
      try FileManager.default.copyItem(atPath: copy, toPath: shop.state + "/mpesad.db")
    }

    // Orders of the same price, whose pushes Safaricom has not answered yet: the first callback that is believed names them.
    daemon = try await shop.start()
    await shop.safaricom.hold()
    let before = await shop.safaricom.pushes.count
    let orders = try await shop.orders(payments, on: daemon)
    let (running, token) = (daemon, try await shop.token())
    async let prompting: Void = shop.prompt(orders, on: running, phones: 300, token)
    let pushes = try await shop.safaricom.pushes(behind: before, are: payments)
    let statuses = try await shop.post(callbacks, of: lost, to: running)
    #expect(statuses == [200: callbacks], "each is acknowledged, and tells a stranger nothing")
    let ledger = try LedgerView(directory: shop.state)
    try await shop.allTakenUp(ledger)
    await shop.safaricom.release()
    try await prompting

    let paid = try await ledger.count("orders", "paid_by IS NOT NULL")
    #expect(paid == 0, "\(paid) orders were paid with the money of others")
    let touched = try await ledger.count("transactions", "status <> 'pending' OR receipt IS NOT NULL")
    #expect(touched == 0, "\(touched) payments were changed by callbacks of others")
    let unmatched = try await ledger.count("inbox", "state = 'unmatched'")
    #expect(unmatched == callbacks, "all are listed for people")
    for payment in lost {
      let answer = try await shop.get(payment.order.checkout, on: daemon)
      #expect(answer.status == 404 && !answer.body.contains("1,500"), "an old link leads to another's order")
    }
    #expect(try await shop.get(kept[0].order.checkout, on: daemon).status == 200, "a link that is in the copy works")

    // What is there is payable as ever, also what was in the copy.
    let present = zip(orders, pushes.sorted { $0.phone < $1.phone }).map { Payment(order: $0, push: $1) } + kept
    #expect(try await shop.post(present.count, of: present, to: daemon, receipts: "TRUE") == [200: present.count])
    try await shop.allTakenUp(ledger)
    #expect(try await ledger.count("orders", "paid_by IS NOT NULL") == present.count)
    #expect(try await ledger.count("transactions", "status = 'completed' AND receipt LIKE 'TRUE%'") == present.count)

    let (highest, lowest) = (lost.map(\.order.id).max() ?? 0, orders.map(\.id).min() ?? 0)
    if way == .plainCopy {
      #expect(
        lowest <= highest, "the numbers are given out again: only what the addresses hold besides keeps them apart")
    } else {
      #expect(lowest > highest + 1_000_000, "no number is given out again")
    }
    #expect(daemon.said.contains("copy_in_place") == (way == .copiedBackup), "it is told where it could not be seen")
    try await daemon.stop()
  }

  struct Payment: Sendable {
    let order: Shop.Order
    let push: HeldSafaricom.Push
  }
}

extension MpesadProcess {
  fileprivate func stop() async throws {
    signal(SIGTERM)
    #expect(try await wait() == 0, "\(said.suffix(2_000))")
  }
}

extension LedgerView {
  fileprivate func count(_ table: String, _ condition: String) async throws -> Int {
    try await read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table) WHERE \(condition)") ?? 0 }
  }
}

extension LostNumbersTests {
  /// A merchant's installation, and what is asked of it.
  struct Shop: Sendable {
    struct Order: Sendable {
      let id: Int64
      /// The path of its checkout page.
      let checkout: String
    }

    let workspace: Workspace
    let safaricom: HeldSafaricom
    let daraja: String
    let http: HTTPClient
    var state: String { workspace.path + "/state" }

    func start() async throws -> MpesadProcess {
      let environment = [
        "MPESA_CONSUMER_KEY": "key", "MPESA_CONSUMER_SECRET": "secret", "MPESA_BUSINESS_SHORTCODE": "174379",
        "MPESA_PASSKEY": "passkey", "MPESA_ENVIRONMENT": "sandbox", "MPESAD_DARAJA_BASE_URL": daraja,
        "MPESA_CALLBACK_URL": "http://127.0.0.1:9/api/payments/callbacks",
      ]
      let daemon = try MpesadProcess(
        ["serve", "--state", state, "--listen", "127.0.0.1:0"], environment: environment)
      _ = try await daemon.port()
      return daemon
    }

    func token() async throws -> String {
      let issued = try await MpesadProcess.run(["issue-token", "--state", state, "--user", "7"])
      return issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Orders over KES 1,500 whose prompts Safaricom has accepted.
    func prompted(_ count: Int, on daemon: MpesadProcess, phones: Int) async throws -> [Payment] {
      let before = await safaricom.pushes.count
      let orders = try await orders(count, on: daemon)
      try await prompt(orders, on: daemon, phones: phones, try await token())
      let pushes = try await safaricom.pushes(behind: before, are: count).sorted { $0.phone < $1.phone }
      return zip(orders, pushes).map { Payment(order: $0, push: $1) }
    }

    func orders(_ count: Int, on daemon: MpesadProcess) async throws -> [Order] {
      struct Made: Decodable {
        var order_id: Int64
        var checkout_url: String
      }
      let token = try await token()
      var orders: [Order] = []
      for number in 0..<count {
        let answer = try await send(
          "/api/orders/", #"{"amount":"1500.00","reference":"A-\#(number)"}"#, to: daemon, token)
        let made = try JSONDecoder().decode(Made.self, from: Data(answer.body.utf8))
        orders.append(Order(id: made.order_id, checkout: try #require(URLComponents(string: made.checkout_url)).path))
      }
      return orders
    }

    /// Prompts each order on a phone of its own, all at once.
    func prompt(_ orders: [Order], on daemon: MpesadProcess, phones: Int, _ token: String) async throws {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, order) in orders.enumerated() {
          group.addTask {
            let body = #"{"order_id":\#(order.id),"phone_number":"254712000\#(phones + number)"}"#
            let answer = try await send("/api/payments/transactions/initiate_mpesa_payment/", body, to: daemon, token)
            #expect((200...202).contains(answer.status), "\(answer)")
          }
        }
        try await group.waitForAll()
      }
    }

    /// Posts successes of these payments, each to its own address, in turn.
    /// - Returns: how often each status was answered.
    func post(
      _ count: Int, of payments: [Payment], to daemon: MpesadProcess, receipts: String = "LOST"
    ) async throws -> [Int: Int] {
      let clients = 16
      return try await withThrowingTaskGroup(of: [Int: Int].self) { group in
        for client in 0..<clients {
          group.addTask {
            var statuses: [Int: Int] = [:]
            for number in stride(from: client, to: count, by: clients) {
              let index = number % payments.count
              let push = payments[index].push
              let body = """
                {"Body":{"stkCallback":{"MerchantRequestID":"29115-1","CheckoutRequestID":"\(push.checkout)","ResultCode":0,\
                "ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":[{"Name":"Amount",\
                "Value":1500.00},{"Name":"MpesaReceiptNumber","Value":"\(receipts)\(100_000 + index)"},{"Name":"PhoneNumber",\
                "Value":\(push.phone)}]}}}}
                """
              statuses[try await send(push.path, body, to: daemon).status, default: 0] += 1
            }
            return statuses
          }
        }
        return try await group.reduce(into: [:]) { all, part in all.merge(part) { $0 + $1 } }
      }
    }

    /// Waits until everything that was acknowledged has been weighed.
    func allTakenUp(_ ledger: LedgerView) async throws {
      let end = ContinuousClock.now + .seconds(120)
      while try await ledger.hasUnsettledDeliveries() {
        try #require(ContinuousClock.now < end, "deliveries are left")
        try await Task.sleep(for: .milliseconds(50))
      }
      // What an earlier mpesad tried again and again in its first seconds.
      try await Task.sleep(for: .seconds(2))
    }

    func get(_ path: String, on daemon: MpesadProcess) async throws -> (status: Int, body: String) {
      try await send(path, nil, to: daemon)
    }

    @discardableResult
    private func send(
      _ path: String, _ body: String?, to daemon: MpesadProcess, _ token: String? = nil
    ) async throws -> (status: Int, body: String) {
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(try await daemon.port())\(path)")
      request.method = body == nil ? .GET : .POST
      if let token { request.headers.add(name: "authorization", value: "JWT \(token)") }
      if let body {
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
      }
      let response = try await http.execute(request, timeout: .seconds(60))
      return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }
  }
}
