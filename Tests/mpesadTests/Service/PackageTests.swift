import Foundation
import Testing

@testable import mpesad

/// The Debian package that MPESAD_DEB names, looked at from outside; the ones that install it are in a machine of their own.
@Suite(
  .enabled(
    if: Requirement.met(Requirement.package != nil),
    "needs MPESAD_DEB=.build/deb/mpesad_VERSION_amd64.deb: systemd/debian/build"),
  .serialized)
struct PackageTests {
  /// Unpacked, without any of its scripts run.
  static func unpacked() throws -> String {
    let path = NSTemporaryDirectory() + "mpesad-package-\(UUID().uuidString)"
    let run = try ToolRun("dpkg-deb", ["--extract", try #require(Requirement.package), path])
    try #require(run.status == 0, "\(run.output)")
    return path
  }

  static func field(_ name: String) throws -> String {
    let run = try ToolRun("dpkg-deb", ["--field", try #require(Requirement.package), name])
    return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func lintianHasNothingToSay() throws {
    let run = try ToolRun("lintian", ["--fail-on", "error,warning", try #require(Requirement.package)])
    #expect(run.status == 0, "\(run.output)")
  }

  @Test func everythingIsInItsPlace() throws {
    let root = try Self.unpacked()
    defer { try? FileManager.default.removeItem(atPath: root) }
    let files = [
      "etc/mpesad/mpesad.yaml", "usr/bin/mpesad", "usr/lib/sysusers.d/mpesad.conf", "usr/lib/tmpfiles.d/mpesad.conf",
      "usr/lib/systemd/system-preset/80-mpesad.preset", "usr/lib/systemd/catalog/mpesad.catalog",
      "usr/share/man/man1/mpesad.1.gz", "usr/share/man/man1/mpesad-transactions-resolve.1.gz",
      "usr/share/man/man7/mpesad-journal.7.gz", "usr/share/man/man8/mpesad.8.gz",
      "usr/share/bash-completion/completions/mpesad", "usr/share/zsh/vendor-completions/_mpesad",
      "usr/share/fish/vendor_completions.d/mpesad.fish", "usr/share/doc/mpesad/copyright",
      "usr/share/doc/mpesad/changelog.gz", "usr/share/doc/mpesad/examples/nginx.conf",
      "usr/share/doc/mpesad/examples/30-credentials.conf", "usr/share/doc/mpesad/notices/swift.gz",
    ]
    for file in try files + UnitTests.unitNames().map({ "lib/systemd/system/" + $0 }) {
      #expect(FileManager.default.fileExists(atPath: root + "/" + file), "\(file) is missing")
    }
    let conffiles = try ToolRun("dpkg-deb", ["--info", try #require(Requirement.package), "conffiles"])
    #expect(conffiles.output == "/etc/mpesad/mpesad.yaml\n")
  }

  @Test func itNeedsLibrariesOfDebianOnly() throws {
    let packages = try Self.field("Depends").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let names = packages.map { $0.prefix { $0 != " " } }
    #expect(Set(names).isSuperset(of: ["libc6", "libsqlite3-0", "libsystemd0", "ca-certificates"]))
    #expect(!names.contains { $0.contains("swift") }, "\(names)")
  }

  /// On a root that holds nothing but the program and the libraries that it is linked to.
  @Test(.enabled(if: Requirement.met(Requirement.isRoot), "needs root, for chroot"))
  func theProgramBringsSwiftWithIt() throws {
    let root = try Self.unpacked()
    defer { try? FileManager.default.removeItem(atPath: root) }
    let linked = try ToolRun("ldd", [root + "/usr/bin/mpesad"]).output
    let libraries = linked.matches(of: /(\/\S+) \(0x/).map { String($0.1) }
    #expect(!linked.contains("swift") && !linked.contains("not found") && libraries.count > 4, "\(linked)")
    for library in libraries {
      let place = URL(fileURLWithPath: root + library)
      try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: library).resolvingSymlinksInPath(), to: place)
    }
    // Swift finds a program's arguments in /proc.
    try FileManager.default.createDirectory(atPath: root + "/proc", withIntermediateDirectories: true)
    func run(_ arguments: [String]) throws -> ToolRun {
      let alone = ["--fork", "--pid", "--mount-proc=\(root)/proc", "chroot", root, "/usr/bin/mpesad"]
      return try ToolRun("unshare", alone + arguments)
    }
    let version = try run(["--version"])
    #expect(version.output.hasPrefix(Mpesad.version + "\n"), "status \(version.status)")
    let made = try run(["migrate", "--state", "/state"])
    #expect(made.status == 0 && made.output.contains("applied"), "status \(made.status): \(made.output)")
  }

  @Test func itIsCalledWhatTheProgramCallsItself() throws {
    #expect(try Self.field("Version") == Mpesad.version)
  }
}

@Suite struct ChangelogTests {
  @Test func theChangelogEndsAtThisVersion() throws {
    let first = try #require(try UnitTests.text("debian/changelog").split(separator: "\n").first)
    #expect(first.hasPrefix("mpesad (\(Mpesad.version)) "), "\(first)")
  }
}
