internal import NIOCore
internal import Synchronization

/// One try of a unary call. The first one is the call that the caller waits for; what follows it is rare.
///
/// SAFETY: as its superclass; what it adds is atomic or never changes.
final class Attempt: PendingCall, @unchecked Sendable {
    /// Where an earlier try failed.
    let avoiding: EndpointID?
    private let endpoints: ServiceEndpoints
    private let began: ContinuousClock.Instant
    private let endpointNumber = Atomic<Int>(-1)
    /// In nanoseconds; below zero where it never was.
    private let waitedToBeWritten = Atomic<Int64>(-1)

    init(
        method: MethodDescriptor, payload: ByteBuffer, metadata: RequestMetadata, deadline: ContinuousClock.Instant, began: ContinuousClock.Instant,
        endpoints: ServiceEndpoints, avoiding: EndpointID? = nil
    ) {
        self.avoiding = avoiding
        self.endpoints = endpoints
        self.began = began
        super.init(method: method, payload: payload, metadata: metadata, deadline: deadline)
    }

    /// On the loop, whenever it is written.
    func wasWritten(to endpoint: EndpointID, at now: ContinuousClock.Instant) {
        endpointNumber.store(endpoint.number, ordering: .relaxed)
        waitedToBeWritten.store((now - began).nanosecondsClamped, ordering: .relaxed)
    }

    /// Where it was written to last.
    var endpoint: EndpointID? {
        let number = endpointNumber.load(ordering: .relaxed)
        return number < 0 ? nil : EndpointID(number: number)
    }

    /// How long it waited for a connection.
    func queued(until end: ContinuousClock.Instant) -> Duration {
        let waited = waitedToBeWritten.load(ordering: .relaxed)
        return waited < 0 ? end - began : .nanoseconds(waited)
    }

    override func finish(_ answer: Answer) -> Bool {
        guard super.finish(answer) else { return false }
        endpoints.ended(self, answer)
        return true
    }
}

extension Duration {
    fileprivate var nanosecondsClamped: Int64 {
        let (seconds, attoseconds) = components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : max(0, nanoseconds + attoseconds / 1_000_000_000)
    }
}
