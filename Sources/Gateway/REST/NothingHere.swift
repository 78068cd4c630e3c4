public import Hummingbird

extension Response {
  /// What every address that is none is answered with, for an address that is closed: nobody can tell the two apart.
  public static var nothingHere: Response { Response(APIError(.notFound)) }
}
