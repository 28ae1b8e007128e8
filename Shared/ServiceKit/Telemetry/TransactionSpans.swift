internal import FoundationEssentials
internal import Postgres
internal import RPC

/// A span per transaction that a call made; the names are OpenTelemetry's for databases. Sweepers, which nobody asked, leave none.
struct TransactionSpans: TransactionObserver {
    let spans: SpanRecorder
    let database: String
    let host: String

    init(_ configuration: PostgresConfiguration, _ spans: SpanRecorder) {
        self.spans = spans
        database = configuration.database
        host = configuration.host
    }

    func transactionEnded(_ record: TransactionRecord) {
        guard let parent = RequestContext.current?.trace else { return }
        let end = Date()
        spans.record(
            Span(
                name: record.isBatch ? "postgres.batch" : "postgres.transaction", kind: .client, trace: parent.child(), parentSpanID: parent.spanID,
                start: end.addingTimeInterval(-(record.duration / .seconds(1))), end: end,
                attributes: [
                    .text("db.system.name", "postgresql"), .text("db.namespace", database), .text("server.address", host),
                    .number("db.operation.batch.size", Int64(record.statements)),
                ],
                failure: record.error.map { SpanFailure.text($0) }))
    }
}
