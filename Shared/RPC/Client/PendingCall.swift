internal import NIOConcurrencyHelpers
internal import NIOCore

/// A call that waits for its answer; finished exactly once, by whoever comes first: answer, deadline, cancellation, loss.
///
/// SAFETY: `waiter` is behind a lock; the stored `var`s are used on the client's event loop only.
final class PendingCall: @unchecked Sendable {
    typealias Answer = Result<ByteBuffer, RPCError>

    private enum Waiter {
        case none
        case waiting(CheckedContinuation<Answer, Never>)
        case finished(Answer)
        case resumed
    }

    let method: MethodDescriptor
    let payload: ByteBuffer
    let metadata: RequestMetadata
    let deadline: ContinuousClock.Instant
    private let waiter = NIOLockedValueBox(Waiter.none)

    var stream: UInt32?
    var timer: Scheduled<Void>?
    /// It was sent once more already, after a connection that certainly did not serve it.
    var wasResent = false

    init(method: MethodDescriptor, payload: ByteBuffer, metadata: RequestMetadata, deadline: ContinuousClock.Instant) {
        self.method = method
        self.payload = payload
        self.metadata = metadata
        self.deadline = deadline
    }

    func answer() async -> Answer {
        await withCheckedContinuation { continuation in
            let early: Answer? = waiter.withLockedValue { waiter in
                if case .finished(let answer) = waiter {
                    waiter = .resumed
                    return answer
                }
                waiter = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    /// True for the first one.
    @discardableResult
    func finish(_ answer: Answer) -> Bool {
        let (isFirst, continuation) = waiter.withLockedValue { waiter -> (Bool, CheckedContinuation<Answer, Never>?) in
            switch waiter {
            case .none:
                waiter = .finished(answer)
                return (true, nil)
            case .waiting(let continuation):
                waiter = .resumed
                return (true, continuation)
            case .finished, .resumed:
                return (false, nil)
            }
        }
        continuation?.resume(returning: answer)
        return isFirst
    }

    var isFinished: Bool {
        waiter.withLockedValue { waiter in
            switch waiter {
            case .none, .waiting: false
            case .finished, .resumed: true
            }
        }
    }
}
