internal import NIOConcurrencyHelpers

extension RPCClient {
    /// Tries until there is an answer, or none is to be had.
    func tried(_ call: inout UnaryCall) async -> PendingCall.Answer {
        let first = call.attempt(0, at: call.began, through: endpoints)
        let answer = await outcome(of: first, &call)
        guard case .failure(let error) = answer else {
            throttle.withLockedValue { $0.succeeded() }
            return answer
        }
        guard let policy = configuration.retries else { return answer }
        return await triedAgain(&call, RetryState(policy: policy, mayRunTwice: call.mayRunTwice), after: error, of: first)
    }

    private func triedAgain(
        _ call: inout UnaryCall, _ state: RetryState, after error: RPCError, of attempt: Attempt
    ) async -> PendingCall.Answer {
        var (state, error, attempt) = (state, error, attempt)
        while true {
            let random = Double.random(in: 0...1)
            let deadline = call.deadline
            let verdict = throttle.withLockedValue { throttle in
                state.failed(error, now: .now, deadline: deadline, throttle: &throttle, random: random)
            }
            guard case .again(let pause) = verdict else { return .failure(error) }
            do { try await Task.sleep(for: pause, clock: .continuous) } catch { return .failure(.cancelled) }
            call.attempts = state.attempts
            attempt = call.attempt(state.attempts - 1, at: .now, through: endpoints, avoiding: attempt.endpoint)
            switch await outcome(of: attempt, &call) {
            case .success(let payload):
                throttle.withLockedValue { $0.succeeded() }
                return .success(payload)
            case .failure(let next): error = next
            }
        }
    }

    private func outcome(of attempt: Attempt, _ call: inout UnaryCall) async -> PendingCall.Answer {
        let answer = await answer(of: attempt)
        // Only an observer asks, and a clock is not free.
        if configuration.observer != nil { call.queued += attempt.queued(until: .now) }
        return answer
    }

    func answer(of attempt: Attempt) async -> PendingCall.Answer {
        await withTaskCancellationHandler {
            start(attempt)
            return await attempt.answer()
        } onCancel: {
            // The caller goes on at once; the server is told on the loop.
            if attempt.finish(.failure(.cancelled)) { giveUp(attempt) }
        }
    }
}
