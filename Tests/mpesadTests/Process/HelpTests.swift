import Foundation
import Testing

@testable import mpesad

/// Help, completions and manual pages are made from the same descriptions, so these must be whole.
@Suite struct HelpTests {
  struct Tool: Decodable { var command: Command }

  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// This command and all below it, each with its whole name.
    var all: [(name: String, command: Command)] {
      [(commandName, self)] + (subcommands ?? []).flatMap { $0.all.map { (commandName + " " + $0.name, $0.command) } }
    }
  }

  struct Argument: Decodable {
    struct Name: Decodable { var name: String }
    var kind: String
    var valueName: String?
    var abstract: String?
    var names: [Name]?
  }

  static func tool() async throws -> Command {
    let dump = try await CommandRun(["--experimental-dump-help"])
    return try JSONDecoder().decode(Tool.self, from: Data(dump.data.utf8)).command
  }

  @Test func everyCommandAndEveryOptionSaysWhatItDoes() async throws {
    let all = try await Self.tool().all
    #expect(all.count > 15)
    for (name, command) in all where command.commandName != "help" {
      #expect(command.abstract?.isEmpty == false, "\(name) has no abstract")
      for argument in command.arguments ?? [] {
        let label = argument.names?.first?.name ?? argument.valueName ?? "?"
        #expect(argument.abstract?.isEmpty == false, "\(name): \(label) has no help")
      }
    }
  }

  @Test func helpOfAnOperatorsCommandBeginsWithExamples() async throws {
    let examples = [
      "transactions list", "transactions resolve", "inbox list", "inbox replay", "explain", "orders create", "migrate",
    ]
    for command in examples {
      let help = try await CommandRun(command.split(separator: " ").map(String.init) + ["--help"])
      #expect(help.status == 0 && help.data.contains("\n  mpesad \(command) "), "\(help.data)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowEveryCommand(shell: String) async throws {
    let script = try await CommandRun(["completions", shell])
    #expect(script.status == 0)
    for (name, command) in try await Self.tool().all where command.commandName != "help" {
      #expect(script.data.contains(command.commandName), "\(name) is missing")
    }
  }
}
