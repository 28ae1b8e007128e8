internal import Logging
internal import ServiceLifecycle

/// Carries spans to a collector in batches, by size and time, beside the calls and never in their way.
struct SpanExporter: Service, CustomStringConvertible {
    static let interval = Duration.seconds(2)

    let recorder: SpanRecorder
    let encoder: OTLPSpans
    let transport: any SpanTransport
    let metrics: MetricsRegistry
    let logger: Logger
    var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    var description: String { "span export" }

    /// Until shutdown; what is pending then is offered once more.
    func run() async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            await export(await cancelWhenGracefulShutdown { await recorder.next(within: Self.interval) })
        }
        await export(await recorder.next(within: .zero), attemptsMax: 1)
    }

    func export(_ spans: [Span], attemptsMax: Int = ExportVerdict.attemptsMax) async {
        guard !spans.isEmpty else { return }
        let body = encoder.body(spans)
        for attempt in 1...attemptsMax {
            let answer = try? await transport.post(body)
            let verdict = ExportVerdict(
                status: answer?.status, retryAfter: answer?.retryAfter, attempts: attempt, jitter: .random(in: 0..<1))
            switch verdict {
            case .done:
                metrics.count("telemetry_spans_exported_total", help: "Spans that a collector took.", by: Double(spans.count))
                return
            case .drop(let reason): return drop(spans, reason)
            case .retry(let delay):
                guard attempt < attemptsMax, (try? await pause(delay)) != nil else { return drop(spans, "unreachable") }
            }
        }
    }

    private func drop(_ spans: [Span], _ reason: String) {
        recorder.dropped(spans.count, why: reason)
        logger.warning("spans not exported", metadata: ["spans": "\(spans.count)", "reason": "\(reason)"])
    }
}
