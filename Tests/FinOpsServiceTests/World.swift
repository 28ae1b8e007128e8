import FoundationEssentials
import Identity
import NIOCore
import Postgres
import RPC
import Receipts
import TestKit
import Trust
import Wire

@testable import FinOpsService
@testable import ServiceKit

/// The FinOps service on a database of its own.
struct World {
    let database: ServiceDatabase
    let endpoint: FinOpsEndpoint
    let tenant = TenantID.make()

    init() async throws {
        database = try await ServiceDatabase.make(.finops, migrations: FinOpsMigrations.all)
        let outbox = Outbox(doorbell: Doorbell())
        let recorder = ReceiptRecorder(
            signer: ReceiptSigner(service: .finops, instance: "test", key: try ES256PrivateKey.generate()), outbox: outbox, pool: database.app,
            ledger: { UnusedChannel() }, acknowledged: { _ in })
        endpoint = FinOpsEndpoint(pool: database.app, receipts: recorder, outbox: outbox, now: { Date(timeIntervalSince1970: 1_800_000_000) })
    }

    func call(_ key: String? = nil) -> CallContext {
        CallContext(caller: .gateway, tenant: tenant, principal: "fay@acme.example", roles: ["finance"], idempotencyKey: key)
    }

    /// Receipts on their way to the ledger.
    func receipts() async throws -> Int64 {
        let rows = try await database.superuser.batch(tenant: nil, [Statement("SELECT count(*) AS n FROM outbox")])
        return try rows[0][0].int("n")
    }
}

/// Nothing here waits for the ledger.
private struct UnusedChannel: RPCChannel {
    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        throw RPCError(.unavailable, reason: "NO_LEDGER", message: "not in this test")
    }
}
