/// A connection in the hands of one caller. Stale leases are refused, so that a transaction kept past its end reaches nobody.
struct Lease: Sendable, Hashable {
    let connection: Int
    let serial: Int
}

/// The loop's side of one interactive transaction. It has a connection from its first statement on, not before: a body that computes
/// first keeps nobody waiting.
final class TransactionSlot: @unchecked Sendable {
    // SAFETY: all mutable state is touched on the loop's thread only.
    enum State {
        /// May become `acquiring`, `leased` or `ended`.
        case unopened
        /// Statements wait for the connection. May become `leased`, `unopened` or `ended`.
        case acquiring(waiter: Int, [Request])
        /// May become `ended`.
        case leased(Lease)
        /// Stays.
        case ended
    }

    /// Statements that one call sends together.
    struct Request {
        let statements: [BoundStatement]
        var effect = PipelineRequest.Effect.open
        let ticket: RequestTicket
        let reply: PipelineConnection.Reply
    }

    /// BEGIN and the tenant: they go out with the first statement.
    let opening: [BoundStatement]
    /// When what runs is stopped, whatever it is.
    let deadline: ContinuousClock.Instant?
    var state = State.unopened

    init(opening: [BoundStatement], deadline: ContinuousClock.Instant?) {
        self.opening = opening
        self.deadline = deadline
    }
}

/// What a cancelled or late call needs to find its request again.
final class RequestTicket: @unchecked Sendable {
    // SAFETY: all mutable state is touched on the loop's thread only.
    enum Place {
        case nowhere
        case waiting(waiter: Int)
        case sent(connection: Int, request: Int)
        case done
    }

    var place = Place.nowhere
    var isCancelled = false
}
