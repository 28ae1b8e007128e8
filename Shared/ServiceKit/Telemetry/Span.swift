public import FoundationEssentials
internal import Identity
public import RPC

/// One timed piece of work in a trace, as OpenTelemetry has it.
public struct Span: Sendable, Hashable {
    /// With OTLP's numbers.
    public enum Kind: Int, Sendable {
        case `internal` = 1
        case server = 2
        case client = 3
        case producer = 4
        case consumer = 5
    }

    public var name: String
    public var kind: Kind
    /// The span's own place in its trace.
    public var trace: TraceContext
    public var parentSpanID: [UInt8]?
    public var start: Date
    public var end: Date
    public var attributes: [Attribute]
    /// Nil where it went well or nothing is known; else a short reason.
    public var failure: String?

    public enum Attribute: Sendable, Hashable {
        case text(String, String)
        case number(String, Int64)
    }

    public init(
        name: String, kind: Kind, trace: TraceContext, parentSpanID: [UInt8]? = nil, start: Date, end: Date, attributes: [Attribute] = [],
        failure: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.trace = trace
        self.parentSpanID = parentSpanID
        self.start = start
        self.end = end
        self.attributes = attributes
        self.failure = failure
    }
}

extension Span {
    /// Of a call on one of its sides; the names are OpenTelemetry's for RPC.
    init(_ record: CallRecord, endedAt end: Date) {
        let slash = record.method.name.lastIndex(of: "/") ?? record.method.name.startIndex
        self.init(
            name: record.method.name, kind: record.side == .server ? .server : .client, trace: record.trace, parentSpanID: record.parent?.spanID,
            start: end.addingTimeInterval(-(record.duration / .seconds(1))), end: end,
            attributes: [
                .text("rpc.system", "provable"), .text("rpc.service", String(record.method.name[..<slash])),
                .text("rpc.method", String(record.method.name[slash...].drop { $0 == "/" })),
                .number("rpc.grpc.status_code", Int64(record.code.rawValue)), .text("peer.service", record.peer.rawValue),
                .number("rpc.attempts", Int64(record.attempts)), .number("rpc.queued_us", record.queued.components.attoseconds / 1_000_000_000_000),
            ] + (record.tenant.map { [.text("tenant.id", $0.description)] } ?? []),
            failure: record.code == .ok ? nil : record.reason.isEmpty ? record.code.description : record.reason)
    }
}
