public import Metrics
import Synchronization

/// A backend of swift-metrics that keeps all numbers in memory and gives them out as Prometheus reads them.
///
/// Recording is one or two atomic operations; only making an instrument and reading them all takes the lock.
public final class PrometheusMetrics: MetricsFactory {
  /// Series in one family at most. Labels come from lists that are shorter; what a mistake makes beyond that is counted nowhere.
  static let maximumSeries = 500

  private enum Instrument {
    case counter(WholeCounter)
    case realCounter(RealNumber)
    case gauge(RealNumber)
    case histogram(Histogram)

    var kind: MetricFamily.Kind {
      switch self {
      case .counter, .realCounter: .counter
      case .gauge: .gauge
      case .histogram: .histogram
      }
    }

    func samples(_ labels: [(String, String)]) -> [MetricFamily.Sample] {
      switch self {
      case .counter(let counter): [.init(counter.value, labels: labels)]
      case .realCounter(let number), .gauge(let number): [.init(number.value, labels: labels)]
      case .histogram(let histogram): histogram.samples(labels)
      }
    }
  }

  private struct Series {
    var labels: [(String, String)]
    var instrument: Instrument
  }

  private struct Family {
    var kind: MetricFamily.Kind
    var series: [[String]: Series] = [:]
    var order: [[String]] = []
  }

  private let families = Mutex<[String: Family]>([:])

  /// A backend without instruments.
  public init() {}

  /// Everything as it stands now.
  func snapshot() -> [MetricFamily] {
    families.withLock { families in
      families.map { name, family in
        MetricFamily(
          name, family.kind,
          family.order.compactMap { family.series[$0] }.flatMap { $0.instrument.samples($0.labels) })
      }
    }
  }

  /// The instrument of this name and these labels; one that nobody reads where the name is another kind's, or has too many.
  private func instrument(_ name: String, _ dimensions: [(String, String)], _ made: Instrument) -> Instrument {
    let name = Self.name(name)
    let labels = dimensions.map { (Self.name($0), $1) }
    let key = labels.flatMap { [$0, $1] }
    return families.withLock { families in
      var family = families[name] ?? Family(kind: made.kind)
      if let known = family.series[key] { return known.instrument.kind == made.kind ? known.instrument : made }
      guard family.kind == made.kind, family.series.count < Self.maximumSeries else { return made }
      family.series[key] = Series(labels: labels, instrument: made)
      family.order.append(key)
      families[name] = family
      return made
    }
  }

  /// A name with the characters that Prometheus takes.
  private static func name(_ text: String) -> String {
    let name = String(
      text.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": Character(scalar)
        default: "_"
        }
      })
    return name.first?.isNumber == true ? "_" + name : name
  }

  // MARK: MetricsFactory

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    let made = WholeCounter()
    guard case .counter(let counter) = instrument(label, dimensions, .counter(made)) else { return made }
    return counter
  }

  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    let made = RealNumber()
    guard case .realCounter(let counter) = instrument(label, dimensions, .realCounter(made)) else { return made }
    return counter
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    let made = RealNumber()
    guard case .gauge(let gauge) = instrument(label, dimensions, .gauge(made)) else { return made }
    return gauge
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    guard aggregate else {
      let made = RealNumber()
      guard case .gauge(let gauge) = instrument(label, dimensions, .gauge(made)) else { return made }
      return gauge
    }
    return histogram(label, dimensions)
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions)
  }

  private func histogram(_ label: String, _ dimensions: [(String, String)]) -> Histogram {
    let made = Histogram()
    guard case .histogram(let histogram) = instrument(label, dimensions, .histogram(made)) else { return made }
    return histogram
  }

  // Series stay for the life of the process, as Prometheus expects of counters.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
}
