/// Interactive transactions: a lease from the first statement to the last.
extension PoolCore {
    func send(_ request: TransactionSlot.Request, in slot: TransactionSlot) {
        guard !request.ticket.isCancelled else { return request.reply(.failure(.cancelled)) }
        if let deadline = slot.deadline {
            deadlines.add(request.ticket, at: deadline)
            loop.advanceTimer(to: deadline)
        }
        switch slot.state {
        case .ended: request.reply(.failure(.transactionAborted))
        case .leased(let lease): dispatch(request, request.statements, on: lease)
        case .acquiring(let waiter, let requests):
            request.ticket.place = .waiting(waiter: waiter)
            slot.state = .acquiring(waiter: waiter, requests + [request])
        case .unopened:
            // The waiter may be served before `acquire` returns: then the slot has moved on already.
            slot.state = .acquiring(waiter: 0, [request])
            let waiter = acquire(.exclusive(slot), use: .exclusive, deadline: slot.deadline)
            if case .acquiring(_, let requests) = slot.state {
                slot.state = .acquiring(waiter: waiter, requests)
                request.ticket.place = .waiting(waiter: waiter)
            }
        }
    }

    /// Ends the transaction with COMMIT or ROLLBACK, if it ever began, and gives its connection back before the caller goes on.
    func end(_ slot: TransactionSlot, with statements: [BoundStatement], commits: Bool, reply: @escaping Reply) {
        guard case .leased(let lease) = slot.state else {
            slot.state = .ended
            return reply(.success([]))
        }
        guard let connection = connection(of: lease) else {
            slot.state = .ended
            // COMMIT was never sent, so the server has rolled back.
            return reply(.failure(.unavailable("the connection was lost")))
        }
        if connection.isAtRest {
            finish(slot, lease)
            return reply(.failure(.transactionAborted))
        }
        let order = PipelineConnection.Order(effect: commits ? .commits : .open)
        let (_, outcome) = connection.send(statements, order) { result in
            self.assumeIsolated { core in
                // A COMMIT that was refused, as by a deferred constraint, has ended the transaction; one that was skipped has not.
                if case .failure = result, let connection = core.connection(of: lease), !connection.isAtRest, commits { return reply(result) }
                core.finish(slot, lease)
                if result.failure == .commitOutcomeUnknown { core.counts.unknownOutcomes += 1 }
                reply(result)
            }
        }
        handle(outcome, of: connection)
    }

    func begin(_ slot: TransactionSlot, on lease: Lease) {
        guard case .acquiring(_, let requests) = slot.state else { return release(lease) }
        slot.state = .leased(lease)
        var opening = slot.opening
        for request in requests {
            dispatch(request, opening + request.statements, on: lease)
            opening = []
        }
    }

    /// No connection could be had. The transaction has not begun, and may yet.
    func fail(_ slot: TransactionSlot, _ error: PostgresError) {
        guard case .acquiring(_, let requests) = slot.state else { return }
        slot.state = .unopened
        for request in requests {
            request.ticket.place = .done
            request.reply(.failure(request.ticket.isCancelled ? .cancelled : error))
        }
    }

    private func dispatch(_ request: TransactionSlot.Request, _ statements: [BoundStatement], on lease: Lease) {
        let ticket = request.ticket
        guard let connection = connection(of: lease) else {
            ticket.place = .done
            // What was done before is rolled back by the server.
            return request.reply(.failure(.unavailable("the connection was lost")))
        }
        counts.statements += UInt64(request.statements.count)
        let (number, outcome) = connection.send(statements, .init(effect: request.effect)) { [reply = request.reply] result in
            ticket.place = .done
            reply(result)
        }
        if case .done = ticket.place {} else { ticket.place = .sent(connection: lease.connection, request: number) }
        handle(outcome, of: connection)
        if ticket.isCancelled { cancel(ticket, reason: .cancelled) }
    }

    private func finish(_ slot: TransactionSlot, _ lease: Lease) {
        slot.state = .ended
        release(lease)
    }

    // MARK: Cancellation

    /// `reason` is what the caller is told. A request that cannot be stopped without harm to others runs to its end.
    func cancel(_ ticket: RequestTicket, reason: PostgresError) {
        ticket.isCancelled = ticket.isCancelled || reason == .cancelled
        switch ticket.place {
        case .nowhere, .done: break
        case .waiting(let waiter): cancelWaiting(ticket, waiter: waiter, reason)
        case .sent(let id, let request):
            guard let connection = connections[id] else { return }
            machine.seal(id)
            if let cancellation = connection.cancel(request, reason: reason) { send(cancellation, on: id) }
        }
    }

    private func cancelWaiting(_ ticket: RequestTicket, waiter: Int, _ reason: PostgresError) {
        guard case .exclusive(let slot)? = waiters[waiter], case .acquiring(_, let requests) = slot.state else { return abandon(waiter) }
        guard requests.count > 1 else { return abandon(waiter) }
        // Others of the same transaction go on waiting.
        slot.state = .acquiring(waiter: waiter, requests.filter { $0.ticket !== ticket })
        ticket.place = .done
        for request in requests where request.ticket === ticket { request.reply(.failure(reason)) }
    }
}
