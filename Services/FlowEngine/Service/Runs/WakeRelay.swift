internal import FoundationEssentials
internal import Identity
internal import Redis
internal import ServiceKit

/// Tells workers, here and in other processes, that a run can go on. Losing a wake costs at most a sweep.
struct WakeRelay: Sendable {
    /// Wakes that wait to be published; the sweep finds the runs of those that do not fit.
    private static let limit = 4_096

    let doorbell: Doorbell
    private let queue: WakeQueue
    private let stream: AsyncStream<(TenantID, RunID)>
    private let continuation: AsyncStream<(TenantID, RunID)>.Continuation

    init(queue: WakeQueue, doorbell: Doorbell) {
        self.queue = queue
        self.doorbell = doorbell
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.limit))
    }

    func wake(_ tenant: TenantID, _ run: RunID) {
        doorbell.ring()
        continuation.yield((tenant, run))
    }

    /// Passes wakes of this process on to the others.
    func publish() async {
        for await (tenant, run) in stream { await queue.publish(tenant, run.rawValue) }
    }

    /// Takes wakes of other processes.
    func listen() async { await queue.consume { _ in doorbell.ring() } }
}
