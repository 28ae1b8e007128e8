internal import FoundationEssentials
internal import Identity
internal import RPC
internal import Redis
internal import ServiceKit

/// Tells workers, here and in other processes, that a run can go on. Losing a wake costs at most a sweep.
struct WakeRelay: Sendable {
    /// Wakes that wait to be published; the sweep finds the runs of those that do not fit.
    private static let limit = 4_096

    private struct Ready: Sendable {
        let tenant: TenantID
        let run: RunID
        /// Of what made the run ready.
        let trace: TraceContext?
    }

    let doorbell: Doorbell
    private let queue: WakeQueue
    private let spans: SpanRecorder
    private let stream: AsyncStream<Ready>
    private let continuation: AsyncStream<Ready>.Continuation

    init(queue: WakeQueue, doorbell: Doorbell, spans: SpanRecorder) {
        self.queue = queue
        self.spans = spans
        self.doorbell = doorbell
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.limit))
    }

    func wake(_ tenant: TenantID, _ run: RunID) {
        doorbell.ring()
        continuation.yield(Ready(tenant: tenant, run: run, trace: RequestContext.current?.trace))
    }

    /// Passes wakes of this process on to the others.
    func publish() async {
        for await ready in stream {
            guard let trace = ready.trace else {
                await queue.publish(Wake(tenant: ready.tenant, id: ready.run.rawValue))
                continue
            }
            await traced("send", .producer, below: trace, ready.tenant) {
                await queue.publish(Wake(tenant: ready.tenant, id: ready.run.rawValue, traceparent: RequestContext.current?.trace.traceparent))
            }
        }
    }

    /// Takes wakes of other processes.
    func listen() async {
        await queue.consume { wake in
            guard let trace = wake.traceparent.flatMap({ TraceContext(traceparent: $0) }) else { return doorbell.ring() }
            await traced("process", .consumer, below: trace, wake.tenant) { doorbell.ring() }
        }
    }

    /// The names are OpenTelemetry's for messaging.
    private func traced<T>(
        _ operation: String, _ kind: Span.Kind, below trace: TraceContext, _ tenant: TenantID, _ body: () async -> T
    ) async -> T {
        await spans.within(
            CallContext(caller: .flowEngine, tenant: tenant, trace: trace), "\(operation) \(queue.stream)", kind,
            [
                .text("messaging.system", "redis"), .text("messaging.destination.name", queue.stream), .text("messaging.operation.type", operation),
                .text("tenant.id", tenant.description),
            ], body)
    }
}
