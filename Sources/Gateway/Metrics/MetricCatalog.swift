/// What each metric means, for the HELP lines. One table, so that a metric without a meaning is found by a test.
enum MetricCatalog {
  static let help: [String: String] = [
    // Taking callbacks.
    "mpesad_callbacks_total": "Requests to the callback addresses by what became of them.",
    "mpesad_callback_commit_seconds": "Time from the last byte of a callback to its commit on the disk.",
    "mpesad_inbox_waiting": "Acknowledged deliveries that no worker has settled yet.",
    "mpesad_inbox_oldest_seconds": "Age of the oldest delivery that no worker has settled yet; 0 when there is none.",
    "mpesad_inbox_deliveries": "Deliveries that wait for something by state.",
    "mpesad_inbox_unproven":
      "Messages that prove nothing, unmatched or quarantined; the oldest make room above 200,000.",
    "mpesad_inbox_unproven_bytes": "Bytes of their bodies; the oldest lose theirs above 64 MiB.",
    "mpesad_inbox_unproven_removed_total": "Messages that prove nothing and made room, by what of them went.",
    "mpesad_inbox_unproven_without_event_total":
      "Messages that prove nothing and were too many about one payment to leave an event.",
    "mpesad_spool_bytes": "Bytes in the spool: more than 0 while the database cannot commit.",
    "mpesad_spool_room_bytes": "Bytes that the spool has room for; when they are used, callbacks are refused.",
    "mpesad_store_writable": "1 while the database commits, 0 while it does not.",
    "mpesad_store_readable": "1 while the database can be read, 0 while it cannot.",
    "mpesad_store_waiting": "Deliveries and other work that wait for the writer.",

    // Settling payments.
    "mpesad_transactions_settled_total": "Transactions that reached a status by status and reason.",
    "mpesad_transactions": "Transactions that are not over by status.",
    "mpesad_deliveries_undecided_total": "Deliveries that led to no decision by what became of them.",

    // Talking to Safaricom.
    "mpesad_pushes_total": "Prompts by what Safaricom answered.",
    "mpesad_queries_total": "Questions to Safaricom by what was answered.",
    "mpesad_query_budget_available": "Questions to Safaricom that may be put at once now.",
    "mpesad_questions_waiting": "Questions to Safaricom that are due by class: watched, young or backlog.",
    "mpesad_questions_asked_total": "Questions that were put to Safaricom since the start by class.",
    "mpesad_breaker_open": "1 while Safaricom is not asked because it does not answer, 0 otherwise.",

    // Telling the merchant.
    "mpesad_webhooks_total": "Webhooks sent by what became of them.",
    "mpesad_outbox_waiting": "Events that the merchant's system is still to be told.",
    "mpesad_outbox_parked": "Events that the merchant's system never took.",
    "mpesad_outbox_oldest_seconds": "Age of the oldest event that waits; 0 when there is none.",

    // The API.
    "mpesad_http_requests_total": "Requests to the API by route, method and status.",
    "mpesad_http_request_duration_seconds":
      "Time from a request's arrival at the router to its answer's head by route.",
    "mpesad_http_connections": "Open connections.",
    "mpesad_event_streams": "Open streams of server-sent events.",

    // The process.
    "mpesad_build_info": "Always 1; the version is a label.",
    "process_cpu_seconds_total": "User and system CPU time of the process in seconds.",
    "process_resident_memory_bytes": "Resident memory of the process in bytes.",
    "process_virtual_memory_bytes": "Virtual memory of the process in bytes.",
    "process_open_fds": "Open file descriptors of the process.",
    "process_max_fds": "Most file descriptors that the process may open.",
    "process_start_time_seconds": "Start of the process in seconds since the epoch.",
  ]

  /// The meaning of a metric that is not ours.
  static func help(of name: String) -> String { help[name] ?? "A metric of a library that mpesad is built with." }
}
