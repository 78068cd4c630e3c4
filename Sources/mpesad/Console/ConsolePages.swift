/// Every page of the console.
enum ConsolePages {
  static let all: [ConsolePage] = []
}
