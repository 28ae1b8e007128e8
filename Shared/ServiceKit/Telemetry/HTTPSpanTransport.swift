internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// OTLP over HTTP with JSON, as the collector's port 4318 takes it.
struct HTTPSpanTransport: SpanTransport {
    private static let timeout = TimeAmount.seconds(10)
    private static let answerBytesMax = 64 << 10

    let url: String

    init(endpoint: String) {
        var base = Substring(endpoint)
        while base.hasSuffix("/") { base = base.dropLast() }
        url = base.hasSuffix("/v1/traces") ? String(base) : base + "/v1/traces"
    }

    func post(_ body: [UInt8]) async throws -> ExportAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(body)
        let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
        // Read to its end, so that the connection can be used again.
        _ = try await response.body.collect(upTo: Self.answerBytesMax)
        let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) }
        return ExportAnswer(status: Int(response.status.code), retryAfter: seconds.map { .seconds(min(300, max(0, $0))) })
    }
}
