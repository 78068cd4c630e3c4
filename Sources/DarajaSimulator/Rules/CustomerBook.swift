/// Which story each phone number plays.
struct CustomerBook: Sendable {
  private(set) var programmed: [String: Story] = [:]
  private let limit: Int

  init(limit: Int = SimulatorLimits.programmedCustomers) {
    self.limit = limit
  }

  func story(of phone: String) -> Story { programmed[phone] ?? Story.of(phone: phone) }

  mutating func program(_ phone: String, _ story: Story) throws(SimulatorError) {
    guard WireRules.isMSISDN(phone) else { throw .invalidPhone }
    guard programmed[phone] != nil || programmed.count < limit else { throw .tooManyCustomers }
    programmed[phone] = story
  }

  mutating func forget(_ phone: String) throws(SimulatorError) {
    guard WireRules.isMSISDN(phone) else { throw .invalidPhone }
    programmed[phone] = nil
  }
}
