internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Receipts
internal import ServiceKit
internal import Trust
internal import Wire

/// A series that left or came back to its usual level, at one of its points.
struct AnomalyChange: Sendable {
    var key: PostgresCostStore.SeriesKey
    var point: FinOpsEndpoint.TimedCost
    var expected: Int64
    var tenant: TenantID
}

extension FinOpsEndpoint {
    /// Stores the anomaly, signs it, tells the flow engine and puts it into the inbox: one transaction. Returns its id's bytes.
    func open(_ change: AnomalyChange, in transaction: PostgresTransaction) async throws -> [UInt8] {
        var anomaly = PostgresCostStore.Anomaly(
            id: UUIDv7.make(), key: change.key, isOpen: true, observed: change.point.cost.micros, expected: change.expected,
            currency: change.point.cost.currency, opened: change.point.time, closed: nil, receipt: UUIDv7.make())
        anomaly.receipt = try await announce(anomaly, tenant: change.tenant, in: transaction)
        try await costs.open(anomaly, tenant: change.tenant, in: transaction)
        return anomaly.id.bytes
    }

    func close(_ change: AnomalyChange, in transaction: PostgresTransaction) async throws -> [[UInt8]] {
        guard let anomaly = try await costs.close(change.key, at: change.point.time, tenant: change.tenant, in: transaction) else { return [] }
        _ = try await announce(anomaly, tenant: change.tenant, in: transaction)
        return [anomaly.id.bytes]
    }

    /// Returns the id of the receipt.
    private func announce(_ anomaly: PostgresCostStore.Anomaly, tenant: TenantID, in transaction: PostgresTransaction) async throws -> UUID {
        let content = anomaly.content
        let draft = ReceiptDraft(
            kind: .meter, tenant: tenant, phase: .single,
            subject: [ReceiptSubject("anomaly:\(anomaly.id.lowercased)", SHA256Digest(hashing: try content.canonical()))],
            outcome: anomaly.isOpen ? "anomaly-opened" : "anomaly-closed", facts: content.objectValue ?? [:], time: now())
        let receipt = try await receipts.record(draft, in: transaction)
        let event = FlowV1.DeliverEventRequest(
            kind: anomaly.isOpen ? "finops.anomaly.opened" : "finops.anomaly.closed", payloadJSON: content.encoded(), eventID: UUIDv7.make().bytes,
            cause: receipt.paeDigest.bytes)
        try await outbox.enqueue(call: FlowV1.Methods.deliverEvent, request: event, id: UUIDv7.make(), tenant: tenant, in: transaction)
        let item = CopilotV1.PutItemRequest(item: anomaly.inboxItem(at: now()))
        try await outbox.enqueue(call: CopilotV1.Methods.putItem, request: item, id: UUIDv7.make(), tenant: tenant, in: transaction)
        return receipt.id.rawValue
    }
}

extension PostgresCostStore.Anomaly {
    /// How many times the expected amount was observed, in thousandths.
    var ratioMilli: Int64 { expected > 0 ? observed * 1_000 / expected : 0 }

    var content: JSONValue {
        [
            "anomaly_id": .string(id.lowercased), "currency": .string(currency), "expected_micros": .int(expected), "meter": .string(key.meter),
            "observed_micros": .int(observed), "ratio_milli": .int(ratioMilli), "service": .string(key.service),
        ]
    }

    func inboxItem(at time: Date) -> CopilotV1.InboxItem {
        let times = "\(ratioMilli / 1_000).\(ratioMilli % 1_000 / 100)"
        let money = { (micros: Int64) in Money(micros: micros, currency: currency).description }
        return CopilotV1.InboxItem(
            itemID: id.bytes, kind: "anomaly", state: isOpen ? "open" : "closed",
            title: "\(key.service) \(key.meter) cost \(times) times what is usual",
            summary: "\(money(observed)) in an hour where \(money(expected)) is usual", anomalyID: id.bytes, createdMicros: opened.micros,
            tone: "cost", requestedBy: "finops", revision: isOpen ? 1 : 2)
    }

    var wire: FinOpsV1.Anomaly {
        FinOpsV1.Anomaly(
            anomalyID: id.bytes, service: key.service, meter: key.meter, state: isOpen ? "open" : "closed",
            observed: CommonV1.Money(micros: observed, currency: currency), expected: CommonV1.Money(micros: expected, currency: currency),
            ratioMilli: UInt32(clamping: ratioMilli), openedMicros: opened.micros, closedMicros: closed?.micros ?? 0, receiptID: receipt.bytes)
    }
}
