/// How somebody looks at a page.
struct Visitor: Sendable {
  /// The size of what is seen, in CSS pixels.
  var width = 360
  var height = 740
  /// The screen's pixels for one of CSS.
  var scale = 2.0
  var isDark = false
  var wantsLessMotion = false
  /// As the browser sends them, such as `sw,en`.
  var languages = "en"
  var runsScripts = true
  /// The size of the browser's own letters; 32 for people who set it to 200 %.
  var letters = 16

  static let phone = Visitor()
  static let smallPhone = Visitor(width: 320, height: 568)
  static let desk = Visitor(width: 1_280, height: 900, scale: 1)
  /// A desk's screen at 200 %: half as many pixels of CSS, each twice as large.
  static let zoomedDesk = Visitor(width: 640, height: 450, scale: 2)

  /// The same with something changed.
  func with(_ change: (inout Visitor) -> Void) -> Visitor {
    var visitor = self
    change(&visitor)
    return visitor
  }

  /// Whether it is held in the hand.
  var isMobile: Bool { width < 600 }

  static let arguments = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
  ]

  var preferences: DriverValue {
    [
      "intl": ["accept_languages": .string(languages)],
      "webkit": ["webprefs": ["default_font_size": .number(Double(letters))]],
      "profile": ["content_settings": ["exceptions": ["clipboard": ["*,*": ["setting": 1]]]]],
    ]
  }
}
