extension String {
  /// The longest beginning in whole Unicode scalars that has at most this many bytes.
  func beginning(bytes: Int) -> Substring {
    var end = utf8.index(startIndex, offsetBy: bytes, limitedBy: endIndex) ?? endIndex
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return self[..<end]
  }
}
