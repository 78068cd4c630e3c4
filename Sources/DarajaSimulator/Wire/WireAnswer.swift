/// An HTTP answer of the simulated API, before it meets a socket.
struct WireAnswer: Sendable, Equatable {
  var status: Int
  var contentType: String
  var body: String

  static func json(_ text: JSONText, status: Int = 200) -> WireAnswer {
    WireAnswer(status: status, contentType: "application/json", body: text.rendered)
  }

  static func empty(status: Int) -> WireAnswer {
    WireAnswer(status: status, contentType: "application/json", body: "")
  }

  /// The page of the firewall in front of the API: HTML where JSON was expected. Only its marks are the real ones'
  /// (captured 2025).
  static func blockPage(incident: String) -> WireAnswer {
    let body = """
      <html><head><meta name="robots" content="noindex,nofollow"></head><body style="margin:0">\
      <iframe src="/_Incapsula_Resource?incident_id=\(incident)" width="100%" height="100%">\
      Request unsuccessful. Incapsula incident ID: \(incident)</iframe></body></html>
      """
    return WireAnswer(status: 403, contentType: "text/html", body: body)
  }
}
