import ArgumentParser

/// A command that acts on this installation through operations. Whatever goes wrong is told on standard error and in the exit code.
protocol OperatorCommand: AsyncParsableCommand {
  /// Which installation.
  var options: SettingsOptions { get }

  /// Does the command's work.
  func operate(_ runner: OperationRunner) async throws
}

extension OperatorCommand {
  func run() async throws {
    do {
      try await operate(OperationRunner(settings: try await options.settings()))
    } catch {
      throw ExitStatus.report(error)
    }
  }
}
