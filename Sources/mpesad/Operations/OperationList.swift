import Foundation
import Gateway

/// Every operation that the daemon performs for commands.
enum OperationList {
  static let all: [any Operation.Type] = [
    InitSettings.self,
    ListSettings.self,
    ChangeSettings.self,
    TestConnectionStep.self,
    CreateOrder.self,
    ShowOrder.self,
    ListTransactions.self,
    ShowTransaction.self,
    QueryTransaction.self,
    ResolveTransaction.self,
    ExplainTransaction.self,
    ListInbox.self,
    ShowDelivery.self,
    ReplayInbox.self,
    SuggestMatches.self,
    MatchDelivery.self,
    DiscardMessages.self,
    ListWebhooks.self,
    ShowWebhook.self,
    ResendWebhooks.self,
    ListSources.self,
    Reload.self,
    ShowStanding.self,
    MakeConsoleLink.self,
  ]

  /// Performs the operation of this name.
  static func perform(_ request: AdminRequest, at desk: OperatorDesk) async -> AdminAnswer {
    var desk = desk
    desk.actor = request.user
    do {
      guard let type = all.first(where: { $0.name == request.operation }) else {
        throw OperationError(
          .unavailable,
          "The running daemon does not know the operation \(request.operation): it is of another version than this command. "
            + "Restart it.")
      }
      return AdminAnswer(
        status: 200, body: try await desk.audit.durably { try await type.perform(Data(request.body), at: desk) })
    } catch {
      let known = OperationError(error)
      if known.kind == .failed { desk.audit.trouble("The operation \(request.operation) failed.", error) }
      return AdminAnswer(status: known.status, body: Array((try? JSONEncoder().encode(known)) ?? Data()))
    }
  }
}

extension Operation {
  /// Performs an operation that came as JSON.
  /// - Returns: its answer as JSON.
  fileprivate static func perform(_ json: Data, at desk: OperatorDesk) async throws -> [UInt8] {
    let operation: Self
    do {
      operation = try JSONDecoder().decode(Self.self, from: json)
    } catch {
      throw OperationError(
        .invalid,
        "The daemon cannot read the request for \(name): command and daemon are of different versions. Restart it.")
    }
    return Array(try JSONEncoder().encode(try await operation.perform(at: desk)))
  }
}
