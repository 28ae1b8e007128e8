internal import FoundationEssentials
internal import Identity
internal import Logging
public import RPC

/// Hears of each call once, on either side, and tells metrics, the trace and the log.
public struct CallReporter: CallObserver {
    let metrics: MetricsRegistry
    let spans: SpanRecorder
    let slowCall: Duration
    let logger: Logger

    public func callEnded(_ record: CallRecord) {
        measure(record)
        spans.record(Span(record, endedAt: Date()))
        log(record)
    }

    private func measure(_ record: CallRecord) {
        let side = record.side == .server ? "server" : "client"
        let what = record.side == .server ? "answered" : "made"
        let method = ("method", record.method.name)
        metrics.count("rpc_\(side)_calls_total", help: "Calls \(what), by method and status.", labels: [method, ("code", record.code.description)])
        metrics.observe("rpc_\(side)_seconds", help: "Time from a call's begin to its end, for calls \(what).", record.duration, labels: [method])
        metrics.observe("rpc_\(side)_queue_seconds", help: "Time that calls \(what) waited before they were run.", record.queued, labels: [method])
        guard record.attempts > 1 else { return }
        metrics.count("rpc_\(side)_retries_total", help: "Tries beyond the first.", by: Double(record.attempts - 1), labels: [method])
    }

    private func log(_ record: CallRecord) {
        let isSlow = record.duration > slowCall && record.code != .cancelled
        let level: Logger.Level = isSlow ? .warning : .debug
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "side": record.side == .server ? "server" : "client", "method": "\(record.method.name)", "peer": "\(record.peer)",
            "code": "\(record.code)", "ms": "\(Int64(record.duration / .milliseconds(1)))", "queued_ms": "\(Int64(record.queued / .milliseconds(1)))",
            "attempts": "\(record.attempts)", "trace": "\(record.trace.traceIDText)",
        ]
        if let tenant = record.tenant { metadata["tenant"] = "\(tenant)" }
        if !record.reason.isEmpty { metadata["reason"] = "\(record.reason)" }
        logger.log(level: level, isSlow ? "slow call" : "call", metadata: metadata)
    }
}
