import DarajaSimulator

/// Says what happens while it happens: one line for each change.
struct DemoProgress: Sendable {
  /// As wide as the longest name of a story, so that the lines stand under each other.
  private static let nameWidth = Story.allCases.map(\.rawValue.count).max() ?? 0

  private let start = ContinuousClock.now
  private let paint: Paint
  private let write: @Sendable (String) -> Void

  /// - Parameter write: gets one line at a time, without its line feed.
  init(paint: Paint, write: @escaping @Sendable (String) -> Void) {
    self.paint = paint
    self.write = write
  }

  /// Nobody watches.
  static let silent = DemoProgress(paint: Paint(isOn: false)) { _ in }

  /// Both servers are there.
  func open(_ house: DemoHouse) {
    let factor = house.pace.factor
    write(
      """
      Simulator on \(house.darajaURL), mpesad on \(house.daemonURL), state and \(DemoReport.logName) in \(house.stateDirectory).
      Life runs at pace \(factor): a second here is \(Figures.minutes(1 / factor)) there. Safaricom may be asked once in \
      \(Figures.minutes(DemoPace.queryInterval)), as in its sandbox;
      after \(Figures.minutes(DemoPace.querySchedule.last ?? 0)) without an answer a person decides, in production after 48 h.
      """)
  }

  /// Something happened in a story.
  func tell(_ story: Story, _ what: String) {
    let time = Figures.seconds((ContinuousClock.now - start).inSeconds)
    let name = story.rawValue + String(repeating: " ", count: Self.nameWidth - story.rawValue.count)
    write("\(paint(.dim, String(repeating: " ", count: max(0, 8 - time.count)) + time))  \(name)  \(what)")
  }

  /// The shop sees another status than before.
  func tell(_ story: Story, _ view: PaymentView) {
    let colour: Paint.Colour =
      switch view.status {
      case "completed": .green
      case "failed": .red
      default: .yellow
      }
    var parts = [paint(colour, view.reason.map { "\(view.status): \($0)" } ?? view.status)] + view.flags
    if let receipt = view.receipt { parts.append("receipt \(receipt)") }
    tell(story, parts.joined(separator: ", ").replacing("_", with: " "))
  }
}
