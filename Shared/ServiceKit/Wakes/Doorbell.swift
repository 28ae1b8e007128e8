internal import Synchronization

/// Lets one loop sleep until somebody rings or time is up. Rings while it is awake are remembered as one.
public final class Doorbell: Sendable {
    private enum State {
        case quiet
        case rung
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    public init() {}

    public func ring() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard case .waiting(let continuation) = state else {
                state = .rung
                return nil
            }
            state = .quiet
            return continuation
        }
        waiter?.resume()
    }

    /// Returns at the next ring, at once if it has rung since the last wait, when time is up, or when the task is cancelled. For one
    /// waiter at a time.
    public func wait(atMost time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForRing() }
            group.addTask { try? await Task.sleep(for: time) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForRing() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if Task.isCancelled { return true }
                    switch state {
                    case .rung:
                        state = .quiet
                        return true
                    case .quiet:
                        state = .waiting(continuation)
                        return false
                    case .waiting: preconditionFailure("a doorbell has one waiter")
                    }
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard case .waiting(let continuation) = state else { return nil }
                state = .quiet
                return continuation
            }
            waiter?.resume()
        }
    }
}
