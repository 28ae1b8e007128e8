import Foundation
import Identity
import JSON
import Logging
import RPC
import Synchronization
import Testing
import Wire

@testable import ServiceKit

@Suite struct TelemetryTests {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let trace = TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") ?? .make()
    static let encoder = OTLPSpans(service: "ledger", instance: "ledger-1", build: "7", environment: "test")

    static func span(_ name: String = "a") -> Span {
        Span(
            name: name, kind: .server, trace: trace, parentSpanID: [0, 1, 2, 3, 4, 5, 6, 255], start: Date(timeIntervalSince1970: 1_000_000.25),
            end: Date(timeIntervalSince1970: 1_000_000.5), attributes: [.text("peer", "x\"y"), .number("n", 1 << 60)], failure: "LATE")
    }

    /// Byte for byte what a collector is sent.
    @Test func spansAreEncodedAsOTLPHasThem() throws {
        let body = String(decoding: Self.encoder.body([Self.span()]), as: UTF8.self)
        let resource = [
            ("service.name", "provable-ledger"), ("service.instance.id", "ledger-1"), ("service.version", "7"), ("deployment.environment", "test"),
        ]
        .map { #"{"key":"\#($0.0)","value":{"stringValue":"\#($0.1)"}}"# }.joined(separator: ",")
        let span =
            #"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"a","kind":2,"#
            + #""startTimeUnixNano":"1000000250000000","endTimeUnixNano":"1000000500000000","#
            + #""attributes":[{"key":"peer","value":{"stringValue":"x\"y"}},{"key":"n","value":{"intValue":"1152921504606846976"}}],"#
            + #""parentSpanId":"00010203040506ff","status":{"code":2,"message":"LATE"}}"#
        let expected =
            #"{"resourceSpans":[{"resource":{"attributes":[\#(resource)]},"scopeSpans":[{"scope":{"name":"provable"},"spans":[\#(span)]}]}]}"#
        #expect(try JSONValue(parsing: body) == JSONValue(parsing: expected))
    }

    @Test func aFullRecorderDropsAndCounts() async {
        let metrics = MetricsRegistry()
        let recorder = SpanRecorder(isOn: true, batch: 2, metrics: metrics)
        for _ in 0..<SpanRecorder.pendingMax + 3 { recorder.record(Self.span()) }
        #expect(metrics.text().contains(#"telemetry_spans_dropped_total{reason="full"} 3.0"#))
        #expect(await recorder.next(within: .seconds(60)).count == 2)
        let off = SpanRecorder(isOn: false, metrics: metrics)
        off.record(Self.span())
        #expect(await off.next(within: .zero).isEmpty)
    }

    @Test func onlyWhatMayPassIsTriedAgain() {
        #expect(ExportVerdict(status: 200, attempts: 1, jitter: 0) == .done)
        #expect(ExportVerdict(status: 400, attempts: 1, jitter: 0) == .drop(reason: "refused"))
        for status in [429, 502, 503, 504] { #expect(ExportVerdict(status: status, attempts: 1, jitter: 0) == .retry(after: .milliseconds(500))) }
        #expect(ExportVerdict(status: nil, attempts: 3, jitter: 0) == .retry(after: .seconds(2)))
        #expect(ExportVerdict(status: 503, retryAfter: .seconds(77), attempts: 1, jitter: 0) == .retry(after: .seconds(77)))
        #expect(ExportVerdict(status: 503, attempts: ExportVerdict.attemptsMax, jitter: 0) == .drop(reason: "unreachable"))
        #expect(ExportVerdict(status: nil, attempts: 4, jitter: 1) == .retry(after: .seconds(8)))
    }

    /// Answers as told, then takes everything.
    private final class Collector: SpanTransport {
        let answers: Mutex<[Int]>
        let bodies = Mutex<[[UInt8]]>([])

        init(_ answers: [Int]) { self.answers = Mutex(answers) }

        func post(_ body: [UInt8]) async throws -> ExportAnswer {
            bodies.withLock { $0.append(body) }
            return ExportAnswer(status: answers.withLock { $0.isEmpty ? 200 : $0.removeFirst() }, retryAfter: .seconds(9))
        }
    }

    private static func export(_ answers: [Int]) async -> (bodies: [[UInt8]], pauses: [Duration], metrics: String) {
        let metrics = MetricsRegistry()
        let collector = Collector(answers)
        let pauses = Mutex<[Duration]>([])
        let exporter = SpanExporter(
            recorder: SpanRecorder(isOn: true, metrics: metrics), encoder: encoder, transport: collector, metrics: metrics, logger: logger,
            pause: { pause in pauses.withLock { $0.append(pause) } })
        await exporter.export([span("a"), span("b")])
        return (collector.bodies.withLock { $0 }, pauses.withLock { $0 }, metrics.text())
    }

    @Test func aBusyCollectorIsAskedAgainWhenItSaid() async {
        let result = await Self.export([503, 429])
        #expect(result.bodies == Array(repeating: Self.encoder.body([Self.span("a"), Self.span("b")]), count: 3))
        #expect(result.pauses == [.seconds(9), .seconds(9)])
        #expect(result.metrics.contains("telemetry_spans_exported_total 2.0"))
    }

    @Test func aRefusedBatchIsDroppedAndCounted() async {
        let result = await Self.export([400])
        #expect(result.bodies.count == 1)
        #expect(result.metrics.contains(#"telemetry_spans_dropped_total{reason="refused"} 2.0"#))
    }

    /// The handler's own span stands below the caller's, and what the handler causes below the handler's.
    @Test func aCallGetsItsOwnSpanBelowTheCallers() async throws {
        final class Seen: CallObserver {
            let records = Mutex<[CallRecord]>([])
            func callEnded(_ record: CallRecord) { records.withLock { $0.append(record) } }
        }
        let seen = Seen()
        let inside = Mutex<TraceContext?>(nil)
        let descriptor = MethodDescriptor(name: "test.v1.T/Call", owner: nil, callers: [.ledger], trusted: [], tenancy: .unbound, isIdempotent: true)
        struct Service: RPCService { let methods: [RegisteredMethod] }
        let method = RegisteredMethod(descriptor) { (_: CommonV1.HealthRequest, context: CallContext) in
            inside.withLock { $0 = RequestContext.current?.trace }
            #expect(context.trace == RequestContext.current?.trace)
            throw RPCError(.notFound, reason: "NO", message: "no")
            return CommonV1.HealthResponse()
        }
        let channel = InProcessChannel(
            services: [Service(methods: [method])], from: PeerIdentity(service: .ledger, certificateThumbprint: []), observer: seen)
        await #expect(throws: RPCError.self) {
            let _: CommonV1.HealthResponse = try await channel.unary(
                CommonV1.HealthRequest(), method: descriptor, options: CallOptions(trace: Self.trace))
        }
        let record = try #require(seen.records.withLock { $0.first })
        #expect(record.parent?.spanID == Self.trace.spanID)
        #expect(record.trace.traceID == Self.trace.traceID)
        #expect(record.trace == inside.withLock { $0 })
        #expect(record.code == .notFound && record.reason == "NO")
        let span = Span(record, endedAt: Date())
        #expect(span.kind == .server && span.failure == "NO")
        #expect(span.attributes.contains(.text("rpc.service", "test.v1.T")) && span.attributes.contains(.text("rpc.method", "Call")))
    }

    @Test func aProcessKnowsWhatItUses() {
        let metrics = MetricsRegistry()
        ProcessMetrics(metrics: metrics).update()
        let values = Dictionary(
            metrics.text().split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ") }.map {
                (String($0[0]), Double($0[1]) ?? 0)
            }
        ) { first, _ in first }
        #expect((values["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect((values["process_open_fds"] ?? 0) >= 3)
        #expect(abs((values["process_start_time_seconds"] ?? 0) - Date().timeIntervalSince1970) < 86_400)
    }
}
