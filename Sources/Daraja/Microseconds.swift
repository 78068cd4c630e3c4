/// A point in time as whole microseconds since 1970-01-01T00:00:00Z, UTC.
///
/// All times in this package have this form; only what Daraja wants to read is rendered, by ``DarajaTimestamp``.
public typealias Microseconds = Int64

extension Microseconds {
  /// The sum, or the latest time where there is none.
  public func addingUpToEnd(_ span: Microseconds) -> Microseconds {
    let (sum, isTooLong) = addingReportingOverflow(span)
    return isTooLong ? .max : sum
  }
}
