import Foundation

/// What the kernel says of this process, under the names that all Prometheus clients use.
enum ProcessMetrics {
  /// Empty where there is no `/proc`.
  static func families() -> [MetricFamily] {
    var families: [MetricFamily] = []
    func add(_ name: String, _ kind: MetricFamily.Kind, _ value: Double?) {
      guard let value else { return }
      families.append(MetricFamily(name, kind, value))
    }
    let fields = statusFields()
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    if fields.count > Field.residentPages.rawValue {
      let value = { (field: Field) in Double(fields[field.rawValue]) }
      add("process_cpu_seconds_total", .counter, (value(.userTicks) ?? 0) / ticks + (value(.systemTicks) ?? 0) / ticks)
      add("process_virtual_memory_bytes", .gauge, value(.virtualBytes))
      add(
        "process_resident_memory_bytes", .gauge, value(.residentPages).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
      )
      if let started = value(.startTicks), let boot = bootTime {
        add("process_start_time_seconds", .gauge, boot + started / ticks)
      }
    }
    let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    // Reading the list takes a descriptor of its own.
    add("process_open_fds", .gauge, descriptors.map { Double(max($0.count - 1, 0)) })
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      add("process_max_fds", .gauge, Double(limit.rlim_cur))
    }
    return families
  }

  /// Positions in `/proc/self/stat` behind the program's name (proc(5), fields 3 and up).
  private enum Field: Int {
    case userTicks = 11
    case systemTicks = 12
    case startTicks = 19
    case virtualBytes = 20
    case residentPages = 21
  }

  private static func statusFields() -> [Substring] {
    // The name may hold anything, and ends with the last parenthesis.
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return [] }
    return text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
  }

  /// When the machine started, in seconds since the epoch.
  private static let bootTime: Double? = {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
    return line?.split(separator: " ").last.flatMap { Double($0) }
  }()
}
