import ArgumentParser

/// Whether a command shows whole phone numbers.
struct PhoneOption: ParsableArguments {
  @Flag(name: .long, help: "Show whole phone numbers. It is noted in the journal who looked.")
  var showPhone = false
}
