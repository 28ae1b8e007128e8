internal import RPC
internal import Synchronization

/// Takes spans in without ever holding up whoever ends one. What does not fit is dropped and counted.
public final class SpanRecorder: Sendable {
    public static let pendingMax = 4_096

    private let pending = Mutex<[Span]>([])
    private let bell = Doorbell()
    private let metrics: MetricsRegistry
    /// Where nothing is exported, nothing is kept.
    public let isOn: Bool
    private let batch: Int

    public init(isOn: Bool, batch: Int = 512, metrics: MetricsRegistry) {
        self.isOn = isOn
        self.batch = batch
        self.metrics = metrics
    }

    public func record(_ span: @autoclosure () -> Span) {
        guard isOn else { return }
        let span = span()
        guard span.trace.isSampled else { return }
        let count = pending.withLock { pending -> Int? in
            guard pending.count < Self.pendingMax else { return nil }
            pending.append(span)
            return pending.count
        }
        guard let count else { return dropped(1, why: "full") }
        if count >= batch { bell.ring() }
    }

    /// At most a batch, once there is one or `time` is up.
    func next(within time: Duration) async -> [Span] {
        if pending.withLock({ $0.count < batch }) { await bell.wait(atMost: time) }
        return pending.withLock { pending in
            let taken = Array(pending.prefix(batch))
            pending.removeFirst(taken.count)
            return taken
        }
    }

    func dropped(_ count: Int, why: String) {
        metrics.count("telemetry_spans_dropped_total", help: "Spans that were not exported.", by: Double(count), labels: [("reason", why)])
    }
}
