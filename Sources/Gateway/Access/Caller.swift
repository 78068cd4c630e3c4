/// Whom a token proves, and what that one may see.
struct Caller: Hashable, Sendable {
  /// Where no token is asked for.
  static let nobody = Caller(user: "", isStaff: false)

  /// The `user_id` of the token, as text; empty for nobody.
  var user: String
  /// Whether the token has the staff claim. Staff see everything and may act for every user.
  var isStaff: Bool

  /// Whether this one may see what a user made. What one may not see is answered like what is not there, so that numbers
  /// cannot be tried.
  func mayRead(createdBy owner: String) -> Bool {
    isStaff || (!user.isEmpty && user == owner)
  }
}
