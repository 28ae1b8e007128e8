/// One batch: a transaction that is one message and one answer.
final class BatchCall: Sendable {
    let statements: [BoundStatement]
    /// How many of the statements are the caller's.
    let statementCount: Int
    let deadline: ContinuousClock.Instant?
    let ticket: RequestTicket
    private let reply: PipelineConnection.Reply

    init(
        _ statements: [BoundStatement], statementCount: Int, deadline: ContinuousClock.Instant?, ticket: RequestTicket,
        reply: @escaping PipelineConnection.Reply
    ) {
        self.statements = statements
        self.statementCount = statementCount
        self.deadline = deadline
        self.ticket = ticket
        self.reply = reply
    }

    /// Once, on the loop's thread.
    func finish(_ result: Result<[ResultSet], PostgresError>) {
        ticket.place = .done
        if ticket.isCancelled, result.failure == .poolExhausted { return reply(.failure(.cancelled)) }
        reply(result)
    }
}

/// Batches of different callers go over the same connection one behind the other, without waiting for each other's answers.
extension PoolCore {
    func run(_ call: BatchCall) {
        guard !call.ticket.isCancelled else { return call.finish(.failure(.cancelled)) }
        if let deadline = call.deadline {
            deadlines.add(call.ticket, at: deadline)
            loop.advanceTimer(to: deadline)
        }
        let waiter = acquire(.shared(call), use: .shared, deadline: call.deadline)
        if case .nowhere = call.ticket.place { call.ticket.place = .waiting(waiter: waiter) }
    }

    func send(_ call: BatchCall, on id: Int) {
        guard let connection = connections[id] else {
            return call.finish(.failure(.unavailable("the connection was lost")))
        }
        counts.statements += UInt64(call.statementCount)
        let order = PipelineConnection.Order(effect: .atomic, isExclusive: false)
        let (request, outcome) = connection.send(call.statements, order) { result in
            self.assumeIsolated { core in
                if result.failure == .commitOutcomeUnknown { core.counts.unknownOutcomes += 1 }
                core.perform(core.machine.left(id, reusable: !(core.connections[id]?.isStale ?? true), now: .now))
            }
            call.finish(result)
        }
        if case .done = call.ticket.place {} else { call.ticket.place = .sent(connection: id, request: request) }
        handle(outcome, of: connection)
    }
}
