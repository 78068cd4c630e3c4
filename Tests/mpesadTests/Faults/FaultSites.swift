/// Which calls on which of our files happen at each moment. FaultMatrixTests records them anew, and says so when one appears or vanishes.
enum FaultSites {
  /// Happens when the log's index grows by another 32 KiB: as much as the machine's speed wants.
  static let sometimes: Set<FaultSite> = [FaultSite(call: .pwrite, file: .index)]

  static let table = read(
    """
    load: fdatasync mpesad.db, fdatasync mpesad.db-wal, ftruncate mpesad.db, pwrite mpesad.db, \
      pwrite mpesad.db-shm, pwrite mpesad.db-wal
    spooling: fdatasync mpesad.spool, pwrite mpesad.db-wal, pwrite mpesad.spool
    recovery: fdatasync mpesad.db, fdatasync mpesad.db-wal, fdatasync mpesad.spool, ftruncate mpesad.db, \
      pwrite mpesad.db, pwrite mpesad.db-shm, pwrite mpesad.db-wal, pwrite mpesad.spool
    stop: fdatasync mpesad.db, fdatasync mpesad.db-wal, ftruncate mpesad.db, pwrite mpesad.db, \
      pwrite mpesad.db-wal, unlink admin.sock, unlink mpesad.db-shm, unlink mpesad.db-wal
    start: fallocate mpesad.spool, fdatasync ., fdatasync mpesad.db, fdatasync mpesad.db-wal, \
      fdatasync mpesad.spool, fsync ., ftruncate mpesad.db, ftruncate mpesad.db-shm, ftruncate mpesad.lock, \
      open ., open callback.key, open jwt.key, open mpesad.db, open mpesad.db-shm, open mpesad.db-wal, \
      open mpesad.lock, open mpesad.spool, open settings.key, pwrite mpesad.db, pwrite mpesad.db-shm, \
      pwrite mpesad.db-wal, pwrite mpesad.lock
    startAfterKill: fallocate mpesad.spool, fdatasync ., fdatasync mpesad.db, fdatasync mpesad.db-wal, \
      fdatasync mpesad.spool, fsync ., ftruncate mpesad.db, ftruncate mpesad.db-shm, ftruncate mpesad.lock, \
      open ., open callback.key, open jwt.key, open mpesad.db, open mpesad.db-shm, open mpesad.db-wal, \
      open mpesad.lock, open mpesad.spool, open settings.key, pwrite mpesad.db, pwrite mpesad.db-shm, \
      pwrite mpesad.db-wal, pwrite mpesad.lock, unlink admin.sock
    firstStart: fallocate mpesad.spool, fdatasync ., fdatasync mpesad.db, fdatasync mpesad.db-journal, \
      fdatasync mpesad.db-wal, fdatasync mpesad.spool, fsync ., fsync callback.key.new, fsync jwt.key.new, \
      fsync settings.key.new, ftruncate mpesad.db, ftruncate mpesad.db-shm, ftruncate mpesad.lock, open ., \
      open callback.key.new, open jwt.key.new, open mpesad.db, open mpesad.db-journal, open mpesad.db-shm, \
      open mpesad.db-wal, open mpesad.lock, open mpesad.spool, open settings.key.new, pwrite mpesad.db, \
      pwrite mpesad.db-journal, pwrite mpesad.db-shm, pwrite mpesad.db-wal, pwrite mpesad.lock, \
      pwrite mpesad.spool, rename callback.key, rename jwt.key, rename settings.key, unlink mpesad.db-journal, \
      write callback.key.new, write jwt.key.new, write settings.key.new
    """)

  /// One line for each moment. A site that cannot be read is left out, and FaultMatrixTests finds it missing.
  private static func read(_ text: String) -> [FaultMoment: Set<FaultSite>] {
    var table: [FaultMoment: Set<FaultSite>] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, let moment = FaultMoment(rawValue: String(parts[0])) else { continue }
      table[moment] = Set(parts[1].split(separator: ",").compactMap { byName[$0.drop { $0 == " " }] })
    }
    return table
  }

  private static let byName: [Substring: FaultSite] = {
    var sites: [Substring: FaultSite] = [:]
    for call in FaultCall.allCases {
      for file in FaultFile.allCases {
        let site = FaultSite(call: call, file: file)
        sites[site.description[...]] = site
      }
    }
    return sites
  }()
}
