import ArgumentParser

/// What came to the callback addresses.
struct Inbox: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what came to the callback addresses, look at it byte by byte, put it back to work, or discard it.",
    subcommands: [InboxList.self, InboxShow.self, InboxReplay.self, InboxMatch.self, InboxDiscard.self])
}
