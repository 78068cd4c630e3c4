import Store
import Testing

@testable import mpesad

/// Who calls, in the console.
@Suite struct SourcePagesTests {
  private static let counts = [
    SourceCount(
      address: "203.0.113.9", deliveries: 4, proven: 3, refused: 2, refusedProven: 2, firstSeen: 0, lastSeen: 9),
    SourceCount(address: "196.201.214.200", deliveries: 7, proven: 7, firstSeen: 0, lastSeen: 8),
    SourceCount(address: "198.51.100.1", deliveries: 5, wrongTokens: 2, firstSeen: 0, lastSeen: 7),
    SourceCount(address: "198.51.100.2", deliveries: 1, firstSeen: 0, lastSeen: 6),
    SourceCount(address: "196.201.214.206", deliveries: 1, firstSeen: 0, lastSeen: 5),
    SourceCount(address: SourceCount.others, deliveries: 1, firstSeen: 0, lastSeen: 4),
  ]

  @Test func eachCallerHasAVerdictAndWhatToDo() async throws {
    try await DeskRig.use { rig in
      try await rig.store.add(Self.counts)
      let verdicts = try await rig.perform(ListSources()).sources.map { "\($0.address) \($0.verdict)" }
      #expect(
        verdicts == [
          "203.0.113.9 unlisted", "196.201.214.200 authentic", "198.51.100.1 forging", "198.51.100.2 stranger",
          "196.201.214.206 listed", "others others",
        ])
      let visit = try ConsoleVisit(rig)
      let all = try await visit.get("/sources").text
      for part in [
        "203.0.113.9 is not on the list and delivered 3 with valid tokens, of which 2 were refused",
        "<td class=\"number\" data-label=\"Bare\">3</td>", "Nothing it sends is believed", "Policy",
        "1 Jan 1970, 03:00:00",
      ] { #expect(all.contains(part), "\(part)") }
      let forging = try await visit.get("/sources?verdict=forging").text
      #expect(
        forging.contains("<td class=\"address\">198.51.100.1</td>")
          && !forging.contains("<td class=\"address\">198.51.100.2</td>"))
      await #expect(throws: OperationError.self) { _ = try await visit.get("/sources?verdict=friend") }
    }
  }

  @Test func anEmptyListSaysWhatWouldBeThere() async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig, as: .readOnly)
      #expect(try await visit.get("/sources").text.contains("Nobody has called yet."))
      #expect(try await visit.get("/sources?verdict=forging").text.contains("No caller is taken for that."))
    }
  }

  @Test func aListGoesOnBehindFiftyAndAsAFile() async throws {
    try await DeskRig.use { rig in
      try await rig.store.add(
        (10..<70).map { SourceCount(address: "198.51.100.\($0)", deliveries: 1, firstSeen: 0, lastSeen: 100 - $0) })
      let visit = try ConsoleVisit(rig)
      let first = try await visit.get("/sources?verdict=stranger").text
      #expect(first.contains("/console/sources?verdict=stranger&amp;after=198.51.100.59\" rel=\"next\""))
      let second = try await visit.get("/sources?verdict=stranger&after=198.51.100.59").text
      #expect(
        second.contains("<td class=\"address\">198.51.100.60</td>")
          && !second.contains("<td class=\"address\">198.51.100.59</td>"))
      #expect(!second.contains("rel=\"next\""))
      let file = try await visit.get("/sources.csv?verdict=stranger").text.split(separator: "\r\n")
      #expect(file.count == 61 && file[1].hasPrefix("198.51.100.10,,stranger,1,0,0,0,0,"))
      #expect(rig.journal.lines.last?.contains("asha took the list of callers as a file") == true)
    }
  }

  @Test(arguments: Hostile.texts) func whatStandsInTheAddressIsNeverMarkup(text: String) async throws {
    try await DeskRig.use { rig in
      try await rig.store.add(Self.counts + [SourceCount(address: text, deliveries: 1, firstSeen: 0, lastSeen: 1)])
      let visit = try ConsoleVisit(rig)
      Markup.expectOwn(try await visit.get("/sources").text)
      Markup.expectOwn(try await visit.get("/sources" + QueryText.text([("after", text)])).text)
    }
  }
}
