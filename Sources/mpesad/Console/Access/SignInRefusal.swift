import Daraja

/// Why somebody was not let in: what they are told, and what the log says.
enum SignInRefusal: Error, Hashable, Sendable {
  case nothingGiven
  case unknownLink
  case usedLink(of: String)
  case expiredLink(of: String)
  case token
  case foreignForm
  case tooOften(seconds: Int64)

  /// What to tell whoever tried, with what to do.
  var error: OperationError {
    switch self {
    case .nothingGiven:
      OperationError(.invalid, "Nothing was given. Open a one-time link, or paste its code or a staff token.")
    case .unknownLink:
      OperationError(
        .notPermitted,
        "No such link is known: it was not copied whole, or mpesad was restarted since, which ends all links. \(Self.again)"
      )
    case .usedLink:
      OperationError(
        .notPermitted,
        "This link was used already, and each lets in once. If it was not you who used it, tell the others: Audit says who came from where. "
          + Self.again)
    case .expiredLink: OperationError(.notPermitted, "This link is older than 10 minutes. \(Self.again)")
    case .token:
      OperationError(
        .notPermitted,
        "This token lets nobody in: it has expired, is of another installation, or is not of the staff (setting jwt_staff_claim). "
          + "Sign in to the shop again, or use a one-time link.")
    case .foreignForm:
      OperationError(.notPermitted, "Sign in from this page, not from another site. Nobody was signed in.")
    case .tooOften(let seconds):
      OperationError(.tryAgain, "Too many attempts from your address. Try again in \(seconds) s.")
    }
  }

  /// For the log; nil where that is silent, so that nobody can fill it.
  var logged: (why: String, user: String?)? {
    switch self {
    case .nothingGiven, .tooOften: nil
    case .unknownLink: ("no such one-time link is known", nil)
    case .usedLink(let user): ("the one-time link was used before", user)
    case .expiredLink(let user): ("the one-time link was older than 10 minutes", user)
    case .token: ("the token is not one of the staff's", nil)
    case .foreignForm: ("the form came from another site", nil)
    }
  }

  private static let again = "Get a new one with `mpesad console-link`."
}
