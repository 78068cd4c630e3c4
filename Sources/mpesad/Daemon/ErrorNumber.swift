import Foundation
import Gateway
import Store

/// The number of the system's error behind a failure, as in errno(3), where there is one: systemd shows it beside the status.
enum ErrorNumber {
  static func of(_ error: any Error) -> CInt? {
    switch error {
    case StoreError.cannotOpen(_, _, let code): code
    case StoreError.locked: EBUSY
    case GatewayError.cannotListen(_, _, let code): code
    case DaemonError.stateDirectory(_, _, let code), DaemonError.keyFile(_, _, let code): code
    default: nil
    }
  }
}
