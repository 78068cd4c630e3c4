import Testing

@testable import mpesad

@Suite struct TextTableTests {
  @Test func columnsAreAsWideAsTheirLongestCell() {
    var table = TextTable(header: ["story", "ended"])
    table.add(["pays", "completed"])
    table.add(["pending_then_final", "x"])
    #expect(
      table.lines == [
        "story               ended",
        "pays                completed",
        "pending_then_final  x",
      ])
  }

  @Test func numbersStandAtTheRight() {
    var table = TextTable(header: ["story", "time"])
    table.add(["pays", "0.16 s"])
    table.add(["block_page", "15.22 s"])
    table.alignRight(column: 1)
    #expect(table.lines == ["story          time", "pays         0.16 s", "block_page  15.22 s"])
  }

  @Test func rowsMayBeShorterOrLongerThanTheHeader() {
    var table = TextTable(header: ["a"])
    table.add(["bb", "c"])
    table.add([])
    #expect(table.lines == ["a", "bb  c", ""])
  }

  @Test func charactersAreCountedNotBytes() {
    var table = TextTable(header: ["said", "x"])
    table.add(["4999×3", "✓"])
    #expect(table.lines == ["said    x", "4999×3  ✓"])
  }

  @Test func forProgramsEachRowHasAsManyCellsAsTheHeader() {
    var table = TextTable(header: ["id", "note", "time"])
    table.add(["1", "said \"no\"", "x"])
    table.add(["2"])
    #expect(table.tabSeparated == ["id\tnote\ttime", "1\tsaid \"no\"\tx", "2\t\t"])
  }

  @Test func whateverACellHoldsARowStaysOneLineAndACellOneCell() {
    var table = TextTable(header: ["source", "note"])
    table.add(["10.0.0.1\t999", "one\ntwo\u{1B}[31m"])
    #expect(table.tabSeparated == ["source\tnote", #"10.0.0.1\t999"# + "\t" + #"one\ntwo\u{1b}[31m"#])
    #expect(table.lines == ["source         note", #"10.0.0.1\t999  one\ntwo\u{1b}[31m"#])
  }
}
