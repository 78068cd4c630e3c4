/// A list of addresses and networks that can be asked quickly whether it holds a client.
public struct AddressList: Hashable, Sendable, CustomStringConvertible {
  /// The most entries of one list.
  public static let limit = 1_000
  /// The entry that stands for the clients of a Unix socket.
  public static let localEntry = "local"

  /// The entries as they were given.
  public let ranges: [AddressRange]
  /// Whether clients of a Unix socket are on it.
  public let includesLocal: Bool
  /// First and last addresses of what the entries cover together, in order, without overlap.
  private let spans: [(first: IPAddress, last: IPAddress)]

  /// A list of these.
  public init(_ ranges: [AddressRange] = [], includesLocal: Bool = false) {
    self.ranges = ranges
    self.includesLocal = includesLocal
    var spans: [(first: IPAddress, last: IPAddress)] = []
    for range in ranges.sorted(by: { $0.first < $1.first }) {
      if let end = spans.last?.last, range.first <= end {
        spans[spans.count - 1].last = max(end, range.last)
      } else {
        spans.append((range.first, range.last))
      }
    }
    self.spans = spans
  }

  /// Reads entries separated by commas or white space: addresses, networks, and `local` for a Unix socket.
  /// - Throws: ``AddressError`` for the first entry that cannot be used.
  public init(parsing text: String) throws(AddressError) {
    var ranges: [AddressRange] = []
    var includesLocal = false
    for entry in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      guard ranges.count < Self.limit else { throw AddressError(entry, .tooMany(limit: Self.limit)) }
      if entry == Self.localEntry {
        includesLocal = true
      } else {
        ranges.append(try AddressRange(entry))
      }
    }
    self.init(ranges, includesLocal: includesLocal)
  }

  /// Whether nobody is on it.
  public var isEmpty: Bool { ranges.isEmpty && !includesLocal }

  /// Whether a client is on it. Takes a few comparisons, however long the list is.
  public func contains(_ client: ClientAddress) -> Bool {
    switch client {
    case .ip(let address): contains(address)
    case .local: includesLocal
    case .unknown: false
    }
  }

  private func contains(_ address: IPAddress) -> Bool {
    var low = 0
    var high = spans.count
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].last < address { low = middle + 1 } else { high = middle }
    }
    return low < spans.count && spans[low].first <= address
  }

  /// The entries, each as text.
  public var entries: [String] { ranges.map(\.description) + (includesLocal ? [Self.localEntry] : []) }

  /// The entries as the setting takes them.
  public var description: String { entries.joined(separator: ", ") }

  public static func == (left: AddressList, right: AddressList) -> Bool {
    left.ranges == right.ranges && left.includesLocal == right.includesLocal
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ranges)
    hasher.combine(includesLocal)
  }
}
