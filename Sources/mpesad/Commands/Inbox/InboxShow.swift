import ArgumentParser

struct InboxShow: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a delivery with its body.",
    discussion: """
        mpesad inbox show 12
        mpesad inbox show 12 --raw | jq .

      With --raw standard output is the body exactly as it came, phone numbers included; it is noted in the journal who looked.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var phones: PhoneOption

  @Argument(help: "The delivery's number.")
  var delivery: Int64

  @Flag(name: .long, help: "Print the body alone, byte by byte as it came.")
  var raw = false

  func validate() throws {
    guard !(raw && output.json) else { throw ValidationError("--raw and --json exclude each other.") }
  }

  func operate(_ runner: OperationRunner) async throws {
    let answer = try await runner.perform(
      ShowDelivery(delivery: delivery, showPhone: phones.showPhone, wantsBytes: raw))
    if let bytes = answer.bytes { return try Terminal.write(bytes) }
    try output.show(answer.delivery, as: answer.delivery.table)
  }
}
