internal import FoundationEssentials
internal import Identity
internal import JSON
internal import RPC
internal import Wire

/// Stores security events in the ledger.
struct LedgerSecuritySink: Sendable {
    let channel: any RPCChannel

    func store(_ event: SecurityEvent) async throws {
        let request = LedgerV1.RecordSecurityEventRequest(
            kind: event.kind, tenantID: event.tenant?.bytes ?? [], principal: event.principal ?? "",
            detailJSON: JSONValue.object(event.detail).encoded(), eventID: event.id.bytes)
        _ = try await LedgerV1.LedgerClient(channel: channel).recordSecurityEvent(
            request, options: CallOptions(idempotencyKey: event.id.lowercased))
    }
}
