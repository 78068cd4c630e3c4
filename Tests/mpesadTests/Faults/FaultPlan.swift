import Foundation

/// A call that can be made to fail, in the order of the library's `enum call`. The variants of a call count as the call.
enum FaultCall: Int, CaseIterable, Sendable {
  case open, write, pwrite, writev, fsync, fdatasync, ftruncate, fallocate, rename, unlink

  var writesBytes: Bool { self == .write || self == .pwrite || self == .writev }
}

/// A file of the daemon's, by its place in the library's table of names.
enum FaultFile: Int, CaseIterable, Sendable {
  /// The state directory itself: opened and synced when a file is made in it.
  case directory = 0
  case database, log, index, journal, spool, lock, callbackKey, newCallbackKey, settingsKey, newSettingsKey
  case tokenKey, newTokenKey, adminSocket, damaged, newDamaged
  /// Any file that is not in this list: a new one is noticed by it.
  case other = 23

  var name: String {
    switch self {
    case .directory: "."
    case .database: "mpesad.db"
    case .log: "mpesad.db-wal"
    case .index: "mpesad.db-shm"
    case .journal: "mpesad.db-journal"
    case .spool: "mpesad.spool"
    case .lock: "mpesad.lock"
    case .callbackKey: "callback.key"
    case .newCallbackKey: "callback.key.new"
    case .settingsKey: "settings.key"
    case .newSettingsKey: "settings.key.new"
    case .tokenKey: "jwt.key"
    case .newTokenKey: "jwt.key.new"
    case .adminSocket: "admin.sock"
    case .damaged: "mpesad.db.damaged"
    case .newDamaged: "mpesad.db.damaged.new"
    case .other: "other"
    }
  }
}

/// A call on a file: where a fault can happen.
struct FaultSite: Hashable, Sendable, CustomStringConvertible {
  var call: FaultCall
  var file: FaultFile

  var description: String { "\(call) \(file.name)" }
}

/// What a fault does.
enum FaultKind: Hashable, Sendable, CustomStringConvertible {
  /// The call does nothing and fails.
  case error(CInt)
  /// A write does half and says so.
  case short
  /// A write does half and says so, and the next ones find a full disk.
  case shortThenFull
  /// The process is killed, as by a crash, before the call or after it.
  case killBefore, killAfter

  var description: String {
    switch self {
    case .error(EIO): "EIO"
    case .error(ENOSPC): "ENOSPC"
    case .error(EINTR): "EINTR"
    case .error(let number): "errno \(number)"
    case .short: "short"
    case .shortThenFull: "short, then ENOSPC"
    case .killBefore: "SIGKILL before"
    case .killAfter: "SIGKILL after"
    }
  }

  /// Its number in the library's `enum kind`, and the errno.
  var code: (kind: UInt32, error: CInt) {
    switch self {
    case .error(let number): (0, number)
    case .short: (1, 0)
    case .shortThenFull: (2, ENOSPC)
    case .killBefore: (3, 0)
    case .killAfter: (4, 0)
    }
  }

  var kills: Bool { self == .killBefore || self == .killAfter }
}

/// One fault: a call on a file, what becomes of it, from which occurrence on and how often.
struct FaultPlan: Hashable, Sendable, CustomStringConvertible {
  var site: FaultSite
  var kind: FaultKind
  /// Counted from when the fault is switched on; 1 is the next call.
  var first = 1
  /// 0 is until it is switched off.
  var times = 0

  var description: String {
    let often = times == 0 ? "for ever" : times == 1 ? "once" : "\(times) times"
    return "\(site): \(kind) \(often)" + (first == 1 ? "" : " from occurrence \(first) on")
  }
}
