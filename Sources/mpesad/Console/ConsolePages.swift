/// Every page of the console.
enum ConsolePages {
  static let all: [ConsolePage] = TransactionPages.all + InboxPages.all
}
