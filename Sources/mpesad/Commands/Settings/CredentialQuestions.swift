import Foundation

/// Asks for the merchant's credentials on a terminal, one after the other.
struct CredentialQuestions {
  /// How often one is asked for again after an answer that cannot be used.
  static let attempts = 3

  /// What is set now.
  let report: SettingsReport

  private static let asked: [(Setting, String)] = [
    (.environment, "Environment, sandbox or production"), (.consumerKey, "Consumer key"),
    (.consumerSecret, "Consumer secret"), (.businessShortcode, "Business shortcode, 5 to 7 digits"),
    (.passkey, "Passkey"), (.callbackURL, "Callback URL"),
  ]

  /// The answers by name. What was left empty stays as it is, and is left out.
  func ask() throws -> [String: String] {
    Terminal.tell("Enter keeps what stands in brackets. What you type for secrets is not shown.")
    var changes: [String: String] = [:]
    for (setting, title) in Self.asked {
      let record = report.settings.first { $0.name == setting.rawValue }
      let now = record?.value.map { setting.isSecret ? "sha256:\($0)..." : $0 } ?? "not set"
      if let answer = try ask("\(title) [\(now)]: ", setting) { changes[setting.rawValue] = answer }
    }
    return changes
  }

  private func ask(_ question: String, _ setting: Setting) throws -> String? {
    for _ in 1...Self.attempts {
      guard let line = setting.isSecret ? HiddenInput.answer(to: question) : Self.answer(to: question) else {
        throw OperationError(.invalid, "The input ended before all was asked. Nothing was stored.")
      }
      let answer = line.trimmingCharacters(in: .whitespacesAndNewlines)
      guard let problem = Self.problem(with: answer, setting) else { return answer.isEmpty ? nil : answer }
      Terminal.tell(problem)
    }
    throw OperationError(.invalid, "No usable answer for \(setting.rawValue). Nothing was stored.")
  }

  private static func answer(to question: String) -> String? {
    FileHandle.standardError.write(Data(question.utf8))
    return readLine()
  }

  /// Why an answer cannot be used whatever else is set, or nil. The rest is decided with all answers together.
  static func problem(with answer: String, _ setting: Setting) -> String? {
    do {
      _ = try Settings(SettingsSource.none.only(setting, answer))
      return nil
    } catch SettingsError.contradiction {
      return nil
    } catch {
      return "\(error)"
    }
  }
}
