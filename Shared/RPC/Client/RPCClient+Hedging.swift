internal import NIOConcurrencyHelpers

extension RPCClient {
    private enum HedgeEvent: Sendable {
        case waited(Int, Attempt)
        case answered(PendingCall.Answer, Attempt)
    }

    /// Tries beside a slow try; the tries that lose are cancelled, here and at the server.
    func hedged(_ call: inout UnaryCall, _ policy: HedgePolicy) async -> PendingCall.Answer {
        var state = HedgeState(policy: policy)
        var queued = Duration.zero
        let snapshot = call
        let answer = await withTaskGroup(of: HedgeEvent.self) { group in
            begin(0, of: snapshot, policy, avoiding: nil, &group)
            while let event = await group.next() {
                let step: HedgeState.Step
                var avoiding: EndpointID?
                var answer = PendingCall.Answer.failure(.cancelled)
                switch event {
                case .waited(let number, let attempt):
                    // A later try has a wait of its own.
                    guard number == state.attempts - 1, !Task.isCancelled else { continue }
                    avoiding = attempt.endpoint
                    step = throttle.withLockedValue { state.waited(throttle: $0) }
                case .answered(let result, let attempt):
                    answer = result
                    avoiding = attempt.endpoint
                    queued += attempt.queued(until: .now)
                    step = throttle.withLockedValue { state.ended(result.error, throttle: &$0) }
                }
                switch step {
                case .wait: break
                case .start(let number): begin(number, of: snapshot, policy, avoiding: avoiding, &group)
                case .finish:
                    group.cancelAll()
                    return answer
                }
            }
            return .failure(.cancelled)
        }
        call.attempts = state.attempts
        call.queued = queued
        return answer
    }

    private func begin(
        _ number: Int, of call: UnaryCall, _ policy: HedgePolicy, avoiding: EndpointID?, _ group: inout TaskGroup<HedgeEvent>
    ) {
        let attempt = call.attempt(number, at: .now, through: endpoints, avoiding: avoiding)
        group.addTask { .answered(await self.answer(of: attempt), attempt) }
        guard number + 1 < policy.attemptsMax else { return }
        group.addTask {
            try? await Task.sleep(for: policy.after, clock: .continuous)
            return .waited(number, attempt)
        }
    }
}

extension Result where Failure == RPCError {
    fileprivate var error: RPCError? { if case .failure(let error) = self { error } else { nil } }
}
