internal import FoundationEssentials
internal import Identity
internal import JSON
internal import RPC

/// Spans as the body of `POST /v1/traces`: OTLP 1.x in its JSON form, in which ids are hexadecimal, enumerations numbers and 64-bit
/// integers texts (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
struct OTLPSpans: Sendable {
    var service: String
    var instance: String
    var build: String
    var environment: String

    func body(_ spans: [Span]) -> [UInt8] {
        let resource: [JSONValue] = [
            Self.attribute(.text("service.name", "provable-\(service)")), Self.attribute(.text("service.instance.id", instance)),
            Self.attribute(.text("service.version", build)), Self.attribute(.text("deployment.environment", environment)),
        ]
        let scope: JSONValue = ["scope": ["name": "provable"], "spans": .array(spans.map(Self.json))]
        let document: JSONValue = ["resourceSpans": [["resource": ["attributes": .array(resource)], "scopeSpans": [scope]]]]
        return document.encoded()
    }

    private static func json(_ span: Span) -> JSONValue {
        var object: JSONObject = [
            "traceId": .string(hex(span.trace.traceID)), "spanId": .string(hex(span.trace.spanID)),
            "name": .string(span.name), "kind": .int(Int64(span.kind.rawValue)), "startTimeUnixNano": .string(nanoseconds(span.start)),
            "endTimeUnixNano": .string(nanoseconds(span.end)), "attributes": .array(span.attributes.map(attribute)),
        ]
        if let parent = span.parentSpanID { object["parentSpanId"] = .string(hex(parent)) }
        if let failure = span.failure { object["status"] = ["code": 2, "message": .string(failure)] }
        return .object(object)
    }

    private static func attribute(_ attribute: Span.Attribute) -> JSONValue {
        switch attribute {
        case .text(let key, let value): ["key": .string(key), "value": ["stringValue": .string(value)]]
        case .number(let key, let value): ["key": .string(key), "value": ["intValue": .string(String(value))]]
        }
    }

    /// Microseconds are all that a double since 1970 holds.
    private static func nanoseconds(_ date: Date) -> String { String(date.micros) + "000" }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
