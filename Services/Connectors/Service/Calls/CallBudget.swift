internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import Postgres
internal import RPC
internal import ServiceKit
internal import Wire

/// Reserves what an attempt may cost and settles what it did cost.
struct CallBudget: Sendable {
    enum Reservation: Sendable {
        case granted(UUID?)
        case denied(reason: String)
    }

    private static let currency = "USD"
    private let finops: FinOpsV1.FinOpsClient
    private let outbox: Outbox

    init(finops: any RPCChannel, outbox: Outbox) {
        self.finops = FinOpsV1.FinOpsClient(channel: finops)
        self.outbox = outbox
    }

    func reserve(_ identity: CallIdentity, attempt: Int, micros: Int64, options: CallOptions) async throws(RPCError) -> Reservation {
        let request = FinOpsV1.ReserveRequest(
            amount: Self.money(micros), runID: identity.run?.bytes ?? [], step: identity.step, key: identity.reservationKey(attempt: attempt))
        let answer = try await finops.reserve(request, options: options)
        return answer.denied ? .denied(reason: answer.reason) : .granted(UUID(bytes: answer.reservationID))
    }

    /// In the transaction that stores the attempt's end: counted exactly once, whatever crashes.
    func settle(
        _ reservation: UUID?, _ identity: CallIdentity, attempt: Int, connector: String, micros: Int64, at time: Date, in tx: PostgresTransaction
    ) async throws {
        if let reservation {
            let request = FinOpsV1.SettleRequest(reservationID: reservation.bytes, amount: Self.money(micros))
            try await outbox.enqueue(call: FinOpsV1.Methods.settle, request: request, id: UUIDv7.make(), tenant: identity.tenant, in: tx)
        }
        let event = FinOpsV1.UsageEvent(
            eventID: identity.usageEventID(attempt: attempt), meter: "connector-calls", quantity: 1, cost: Self.money(micros),
            timeMicros: time.micros, runID: identity.run?.bytes ?? [], step: identity.step,
            service: connector)
        try await outbox.enqueue(
            call: FinOpsV1.Methods.recordUsage, request: FinOpsV1.RecordUsageRequest(events: [event]), id: UUIDv7.make(), tenant: identity.tenant,
            in: tx)
    }

    static func money(_ micros: Int64) -> CommonV1.Money { CommonV1.Money(micros: micros, currency: currency) }
}
