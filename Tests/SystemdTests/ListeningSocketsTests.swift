import Foundation
import Systemd
import Testing

@Suite struct ListeningSocketsTests {
  @Test func whatSystemdPassesIsTakenOnceByName() async {
    await #expect(processExitsWith: .success) {
      try PassedSockets.pass([.internet, .unix], names: "http:admin")
      let sockets = try ListeningSockets.passed()
      #expect(sockets.all == [.init(name: "http", descriptor: 3), .init(name: "admin", descriptor: 4)])
      #expect(try sockets.listening(named: "http", .internet) == [3])
      #expect(try sockets.listening(named: "admin", .unix) == [4])
      #expect(try sockets.listening(named: "other", .unix) == [])
      #expect(fcntl(3, F_GETFD) & FD_CLOEXEC != 0, "no child process may hold it open")
      #expect(getenv("LISTEN_FDS") == nil && getenv("LISTEN_FDNAMES") == nil && getenv("LISTEN_PID") == nil)
      #expect(try ListeningSockets.passed().all == [])
    }
  }

  @Test func severalSocketsMayHaveOneName() async {
    await #expect(processExitsWith: .success) {
      try PassedSockets.pass([.internet, .internet], names: "http:http")
      #expect(try ListeningSockets.passed().listening(named: "http", .internet) == [3, 4])
    }
  }

  @Test func whatWasMeantForAnotherProcessIsLeftAlone() async {
    await #expect(processExitsWith: .success) {
      try PassedSockets.pass([.internet], names: "http")
      setenv("LISTEN_PID", "1", 1)
      #expect(try ListeningSockets.passed().all == [])
    }
  }

  @Test func aNumberThatIsNoneIsSaid() async {
    await #expect(processExitsWith: .success) {
      setenv("LISTEN_PID", "\(getpid())", 1)
      setenv("LISTEN_FDS", "some", 1)
      let error = #expect(throws: ListeningSocketError.self) { try ListeningSockets.passed() }
      #expect(error?.description.contains("LISTEN_FDS") == true)
    }
  }

  @Test func namesThatNobodyServesAreRefused() throws {
    let sockets = ListeningSockets([.init(name: "http", descriptor: 3), .init(name: "metrics", descriptor: 4)])
    try sockets.expect(only: ["http", "metrics"])
    let error = #expect(throws: ListeningSocketError.self) { try sockets.expect(only: ["http", "admin"]) }
    #expect(
      error?.description
        == "A socket named \"metrics\" was passed; known are http and admin. Set FileDescriptorName= in the socket unit."
    )
  }

  @Test func whereOneCanBeServedASecondIsRefused() throws {
    let descriptors = try [PassedSockets.Kind.unix.open(), PassedSockets.Kind.unix.open()]
    defer { for descriptor in descriptors { close(descriptor) } }
    let two = ListeningSockets(descriptors.map { .init(name: "admin", descriptor: $0) })
    #expect(try ListeningSockets([two.all[0]]).onlyListening(named: "admin", .unix) == descriptors[0])
    #expect(try ListeningSockets([]).onlyListening(named: "admin", .unix) == nil)
    #expect(throws: ListeningSocketError.several("admin", count: 2)) { try two.onlyListening(named: "admin", .unix) }
  }

  @Test func aSocketsAddressIsReadFromTheKernel() throws {
    let descriptors = try [PassedSockets.Kind.internet.open(), PassedSockets.Kind.unix.open()]
    defer { for descriptor in descriptors { close(descriptor) } }
    #expect(SocketName.text(of: descriptors[0])?.wholeMatch(of: /127\.0\.0\.1:[1-9]\d*/) != nil)
    #expect(SocketName.text(of: descriptors[1]) == nil)
  }

  @Test(arguments: [
    (PassedSockets.Kind.unix, ListeningSockets.Family.internet), (.internet, .unix), (.datagram, .internet),
    (.silent, .internet), (.file, .internet), (.file, .unix),
  ])
  func whatIsSomethingElseIsRefusedByName(kind: PassedSockets.Kind, wanted: ListeningSockets.Family) throws {
    let descriptor = try kind.open()
    defer { close(descriptor) }
    let sockets = ListeningSockets([.init(name: "http", descriptor: descriptor)])
    let error = #expect(throws: ListeningSocketError.self) { try sockets.listening(named: "http", wanted) }
    #expect(error?.description.contains("FileDescriptorName=http") == true)
  }
}
