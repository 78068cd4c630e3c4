import ArgumentParser

struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a completion script for a shell.",
    discussion: """
        mpesad completions bash > /usr/share/bash-completion/completions/mpesad
        mpesad completions zsh > /usr/share/zsh/vendor-completions/_mpesad
        mpesad completions fish > /usr/share/fish/vendor_completions.d/mpesad.fish
      """)

  enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

  @Argument(help: "The shell: bash, zsh or fish.")
  var shell: Shell

  func run() throws {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    do {
      try Terminal.say(Mpesad.completionScript(for: kind))
    } catch {
      throw ExitStatus.report(error)
    }
  }
}
