internal import NIOConcurrencyHelpers

/// A value that one task waits for and that is given exactly once, by whoever comes first.
///
/// SAFETY: all of its state is behind the lock; subclasses say how theirs is kept.
class OneShot<Value: Sendable>: @unchecked Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case given(Value)
        case taken
    }

    private let state = NIOLockedValueBox(State.empty)

    /// May be awaited once.
    final func value() async -> Value {
        await withCheckedContinuation { continuation in
            let early: Value? = state.withLockedValue { state in
                if case .given(let value) = state {
                    state = .taken
                    return value
                }
                state = .awaited(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    /// True for the first one.
    @discardableResult
    final func give(_ value: Value) -> Bool {
        let (isFirst, continuation) = state.withLockedValue { state -> (Bool, CheckedContinuation<Value, Never>?) in
            switch state {
            case .empty:
                state = .given(value)
                return (true, nil)
            case .awaited(let continuation):
                state = .taken
                return (true, continuation)
            case .given, .taken:
                return (false, nil)
            }
        }
        continuation?.resume(returning: value)
        return isFirst
    }

    final var isGiven: Bool {
        state.withLockedValue { state in
            switch state {
            case .empty, .awaited: false
            case .given, .taken: true
            }
        }
    }
}
