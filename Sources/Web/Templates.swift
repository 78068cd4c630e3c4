import Mustache

/// The pages of one face of the house, written in Mustache and compiled into the program.
///
/// Whatever is put into a page with `{{name}}` is escaped for HTML. `{{{name}}}` is not, and is therefore refused: no value may reach a page
/// as markup.
public struct Templates: Sendable {
  /// What stops templates from being used. All of them are programming errors, found when the program starts and by the tests.
  public enum Failure: Error, CustomStringConvertible {
    /// A template that cannot be read.
    case unreadable(name: String, detail: String)
    /// A template that would put a value into a page unescaped.
    case unescaped(name: String)
    /// A template that nobody wrote.
    case unknown(name: String)

    public var description: String {
      switch self {
      case .unreadable(let name, let detail): "The template \(name) cannot be read: \(detail)"
      case .unescaped(let name): "The template \(name) has {{{ or {{&, which would let a stranger's text become markup."
      case .unknown(let name): "There is no template \(name)."
      }
    }
  }

  private let library: MustacheLibrary

  /// - Parameter sources: the templates' bytes by their names. They can refer to each other by those names.
  public init(_ sources: [String: [UInt8]]) throws {
    _ = PageText.registered
    var library = MustacheLibrary()
    for (name, bytes) in sources {
      let text = String(decoding: bytes, as: UTF8.self)
      guard !text.contains("{{{"), !text.contains("{{&") else { throw Failure.unescaped(name: name) }
      do {
        // Each template says it for itself: a template that stands in another begins anew.
        try library.register("{{% CONTENT_TYPE:\(PageText.name)}}" + text, named: name)
      } catch {
        throw Failure.unreadable(name: name, detail: "\(error)")
      }
    }
    self.library = library
  }

  /// A page.
  /// - Parameters:
  ///   - name: the template's.
  ///   - content: what it shows, by the names of its properties.
  public func page(_ name: String, _ content: Any) throws -> String {
    guard let page = library.render(content, withTemplate: name) else { throw Failure.unknown(name: name) }
    return page
  }
}
