#if canImport(Glibc)
  import Glibc
#endif

/// A place in one line of a trace, in bytes: a trace has a hundred megabytes, and text of that length is too slow to walk through.
struct TraceCursor {
  private let base: UnsafePointer<UInt8>
  private let end: Int
  private(set) var place: Int

  /// - Returns: nil for nothing.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return nil }
    base = start.assumingMemoryBound(to: UInt8.self)
    end = bytes.count
    place = 0
  }

  /// What the lower four bits of a hexadecimal digit stand for; letters add nine.
  private static func nibble(_ digit: UInt8) -> UInt8 { (digit & 0x0f) &+ (digit >> 6) &* 9 }

  private var next: UInt8 { place < end ? base[place] : 0 }

  /// Passes over this text if it is what comes next.
  mutating func skip(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard end - place >= length, memcmp(base + place, text.utf8Start, length) == 0 else { return false }
    place += length
    return true
  }

  /// Passes over everything up to and with this text; stays where it is when the text does not come.
  mutating func skip(past text: StaticString) -> Bool {
    let start = place
    while place < end, let found = memchr(base + place, Int32(text.utf8Start[0]), end - place) {
      place = base.distance(to: UnsafePointer(found.assumingMemoryBound(to: UInt8.self)))
      if skip(text) { return true }
      place += 1
    }
    place = start
    return false
  }

  /// Goes to behind the last of these characters; stays where it is when there is none.
  mutating func skip(pastLast character: UInt8) -> Bool {
    var last = end
    while last > place {
      last -= 1
      if base[last] == character {
        place = last + 1
        return true
      }
    }
    return false
  }

  mutating func skipSpaces() { while next == 0x20 { place += 1 } }

  /// A name of letters, digits and underscores.
  mutating func word() -> String {
    let start = place
    while case let byte = next, byte == 0x5f || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte & 0xdf) {
      place += 1
    }
    return String(decoding: UnsafeBufferPointer(start: base + start, count: place - start), as: UTF8.self)
  }

  mutating func number() -> Int? {
    let isNegative = skip("-")
    let start = place
    var value = 0
    while case let byte = next, (0x30...0x39).contains(byte) {
      value = value &* 10 &+ Int(byte - 0x30)
      place += 1
    }
    guard place > start else { return nil }
    return isNegative ? -value : value
  }

  /// A descriptor with what it stands for, as `-y` writes it: `9<path>`. A number alone has an empty path, and a file that has no name any
  /// more has none that a file could have.
  mutating func descriptor() -> (number: Int, path: String)? {
    guard let number = skip("AT_FDCWD") ? -100 : number() else { return nil }
    guard skip("<") else { return (number, "") }
    let path = String(decoding: bytes(until: 0x3e), as: UTF8.self)
    return (number, skip("(deleted)") ? path + " (deleted)" : path)
  }

  /// A quoted string. strace ends one that is longer than its limit with dots; such a trace cannot be used.
  mutating func string(limit: Int = .max) throws -> [UInt8]? {
    guard skip("\"") else { return nil }
    let found = bytes(until: 0x22, limit: limit)
    if limit == .max, skip("...") { throw TraceError.stringCutOff }
    return found
  }

  /// Strings of a list of buffers, one behind the other.
  mutating func buffers(limit: Int = .max) throws -> [UInt8] {
    var found: [UInt8] = []
    while found.count < limit, skip(past: "iov_base="), let bytes = try string(limit: limit) { found += bytes }
    return found
  }

  /// Bytes written as `\x2f` up to a closing character. Only the first `limit` are decoded.
  private mutating func bytes(until close: UInt8, limit: Int = .max) -> [UInt8] {
    guard place < end, let found = memchr(base + place, Int32(close), end - place) else {
      place = end
      return []
    }
    let stop = base.distance(to: UnsafePointer(found.assumingMemoryBound(to: UInt8.self)))
    let count = min((stop - place) / 4, limit)
    let start = base + place
    place = stop + 1
    return [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      var from = start
      for index in 0..<count {
        target[index] = Self.nibble(from[2]) << 4 | Self.nibble(from[3])
        from += 4
      }
      initialized = count
    }
  }
}

/// Why a trace cannot be read.
enum TraceError: Error, Equatable {
  case stringCutOff
  /// A call of this name was not understood.
  case notUnderstood(String)
}
