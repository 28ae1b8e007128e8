internal import FlowEngineCore
internal import Identity
internal import Postgres
package import RPC
package import Wire

/// What happened since a cursor: the source of the gateway's event stream.
extension FlowEngineEndpoint {
    private static let waitMillisMax: UInt32 = 25_000
    private static let look = Duration.milliseconds(150)

    package func listActivity(_ request: FlowV1.ListActivityRequest, context: CallContext) async throws -> FlowV1.ListActivityResponse {
        let tenant = try context.requireTenant()
        guard let after = Int64(exactly: request.after) else { throw RPCError.invalid("after", "is no cursor", fix: "send last_cursor as it came") }
        let limit = request.limit == 0 ? 100 : min(Int(request.limit), 500)
        // An answer must still find its way back before the caller gives up.
        let until = min(ContinuousClock.now + .milliseconds(Int(min(request.waitMillis, Self.waitMillisMax))), context.deadline - .milliseconds(500))
        while true {
            let (entries, last) = try await pool.withTenant(tenant) { tx in
                (try await activity.list(after: after, limit: limit, tenant: tenant, in: tx), try await activity.last(tenant: tenant, in: tx))
            }
            if !entries.isEmpty || ContinuousClock.now + Self.look >= until {
                return FlowV1.ListActivityResponse(
                    events: entries.map {
                        FlowV1.ActivityEvent(cursor: UInt64($0.cursor), kind: $0.kind, dataJSON: $0.data, timeMicros: $0.at.micros)
                    }, lastCursor: UInt64(entries.last?.cursor ?? max(last, 0)))
            }
            try await Task.sleep(for: Self.look)
        }
    }
}
