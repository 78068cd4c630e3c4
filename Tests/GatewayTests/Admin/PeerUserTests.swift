import Testing

@testable import Gateway

/// Who acted, as the audit trail has it. On Debian root is 0 and daemon is 1.
@Suite struct PeerUserTests {
  @Test(
    arguments: [
      (0, nil, "root"),
      (0, "root", "root"),
      (0, "alice", "alice (as root)"),
      (1, nil, "daemon"),
      (1, "root", "daemon"),
      (65_534, nil, "somebody of the group"),
      (65_534, "alice", "alice (unproven)"),
      (65_534, "", "somebody of the group"),
      (65_534, "alice\nroot", "somebody of the group"),
      (65_534, String(repeating: "a", count: 33), "somebody of the group"),
    ] as [(UInt32, String?, String)])
  func whatTheKernelHidesIsTakenFromTheCommandAndMarked(number: UInt32, claimed: String?, actor: String) {
    #expect(PeerUser(number: number).actor(claiming: claimed) == actor)
  }
}
