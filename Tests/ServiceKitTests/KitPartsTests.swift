import FoundationEssentials
import Identity
import JSON
import Logging
import RPC
import Synchronization
import Testing
import Wire

@testable import ServiceKit

@Suite struct KitPartsTests {
    @Test func theVerdictOnAFailedDeliveryFollowsItsCause() {
        func verdict(_ code: StatusCode, attempts: Int = 0, retryAfter: Duration? = nil) -> RelayVerdict {
            RelayVerdict(RPCError(code, reason: "R", message: "m", retryAfter: retryAfter), attempts: attempts, jitter: 0.5)
        }
        #expect(verdict(.unavailable) == .retry(after: .milliseconds(50)))
        #expect(verdict(.unavailable, attempts: 1000) == .retry(after: .seconds(15)))
        #expect(verdict(.resourceExhausted, retryAfter: .seconds(3)) == .retry(after: .seconds(3)))
        #expect(verdict(.invalidArgument) == .park)
        #expect(verdict(.failedPrecondition, attempts: 18) == .retry(after: .seconds(15)))
        #expect(verdict(.failedPrecondition, attempts: 19) == .park)
        #expect(verdict(.permissionDenied, attempts: 1000) == .retry(after: .seconds(15)))
    }

    @Test func metricsAreWrittenAsPrometheusReadsThem() {
        let metrics = MetricsRegistry()
        metrics.count("calls_total", help: "Calls.", labels: [("method", "a\"b\n")])
        metrics.count("calls_total", help: "Calls.", by: 2, labels: [("method", "a\"b\n")])
        metrics.set("depth", help: "Depth.", to: 3)
        metrics.observe("wait_seconds", help: "Wait.", .milliseconds(30), labels: [("q", "x")])
        let text = metrics.text()
        #expect(text.contains("# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{method=\"a\\\"b\\n\"} 3.0\n"))
        #expect(text.contains("depth 3.0\n"))
        #expect(text.contains("wait_seconds_bucket{q=\"x\",le=\"0.025\"} 0\nwait_seconds_bucket{q=\"x\",le=\"0.05\"} 1\n"))
        #expect(text.contains("wait_seconds_bucket{q=\"x\",le=\"+Inf\"} 1\nwait_seconds_sum{q=\"x\"} 0.03\nwait_seconds_count{q=\"x\"} 1\n"))
    }

    @Test func seriesAreBounded() {
        let metrics = MetricsRegistry()
        for number in 0..<1000 { metrics.count("c_total", help: "C.", labels: [("who", "\(number)")]) }
        let lines = metrics.text().split(separator: "\n").filter { $0.hasPrefix("c_total") }
        #expect(lines.count == MetricsRegistry.seriesPerMetricMax + 1)
        #expect(lines.contains("c_total{who=\"other\"} 800.0"))
    }

    @Test func answeredCallsAreCountedByMethodAndStatus() async throws {
        struct Endpoint: CommonV1.HealthHandler {
            func check(_ request: CommonV1.HealthRequest, context: CallContext) async throws -> CommonV1.HealthResponse {
                CommonV1.HealthResponse(ready: true)
            }
        }
        let metrics = MetricsRegistry()
        let reporter = CallReporter(
            metrics: metrics, spans: SpanRecorder(isOn: false, metrics: metrics), slowCall: .seconds(1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let service = CommonV1.HealthService(handler: Endpoint())
        let channel = InProcessChannel(services: [service], from: PeerIdentity(service: .ledger, certificateThumbprint: []), observer: reporter)
        let client = CommonV1.HealthClient(channel: channel)
        #expect(try await client.check(CommonV1.HealthRequest()).ready)
        #expect(metrics.text().contains(#"rpc_server_calls_total{method="provable.common.v1.Health/Check",code="OK"} 1.0"#))
        #expect(metrics.text().contains(#"rpc_server_seconds_count{method="provable.common.v1.Health/Check"} 1"#))
    }

    @Test func aLogLineIsOneJSONObjectWithTheCallsTenantAndTrace() throws {
        let written = Mutex<[UInt8]>([])
        let logger = Logger(label: "ledger") { label in
            JSONLogHandler(label: label, level: .info, now: { Date(timeIntervalSince1970: 0.5) }) { bytes in written.withLock { $0 += bytes } }
        }
        let context = CallContext(caller: .gateway, tenant: .make())
        RequestContext.$current.withValue(context) { logger.info("appended", metadata: ["entries": "3", "note": "a\nb\"c"]) }
        logger.debug("not written")
        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        #expect(text.split(separator: "\n").count == 1)
        let line = try JSONValue(parsing: text)
        #expect(line["message"] == "appended")
        #expect(line["time"] == "1970-01-01T00:00:00.500Z")
        #expect(line["entries"] == "3")
        #expect(line["note"] == "a\nb\"c")
        #expect(line["tenant"]?.stringValue == context.tenant?.description)
        #expect(line["trace"]?.stringValue == context.trace.traceIDText)
    }

    @Test func aDoorbellRemembersOneRing() async {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        await bell.wait(atMost: .seconds(60))
        let waiting = Task { await bell.wait(atMost: .seconds(60)) }
        bell.ring()
        await waiting.value
        let cancelled = Task { await bell.wait(atMost: .seconds(60)) }
        cancelled.cancel()
        await cancelled.value
    }

    @Test func readinessNamesWhatFailsAndEndsWithDraining() async {
        let readiness = Readiness()
        readiness.add("postgres") { true }
        readiness.add("ledger") { false }
        #expect(!readiness.wasReady)
        #expect(await readiness.failing() == ["ledger"])
        #expect(!readiness.wasReady)
        readiness.drain()
        #expect(await readiness.failing() == ["draining"])
    }

    @Test func securityEventsAreDeliveredInOrderAndTriedAgain() async {
        let events = SecurityEvents(metrics: MetricsRegistry(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        events.report("a", tenant: nil, principal: nil, detail: [:])
        events.report("b", tenant: nil, principal: nil, detail: [:])
        let kinds = Mutex<[String]>([])
        let delivery = Task { await events.deliver { event in kinds.withLock { $0.append(event.kind) } } }
        while kinds.withLock({ $0.count }) < 2 { await Task.yield() }
        delivery.cancel()
        await delivery.value
        #expect(kinds.withLock { $0 } == ["a", "b"])
    }
}
