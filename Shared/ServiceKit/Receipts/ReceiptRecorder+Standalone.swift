public import Postgres
package import RPC
public import Receipts

extension ReceiptRecorder {
    /// For a service that runs by itself, in a bench: what it signs stays in its outbox, since nobody relays it.
    package static func standalone(signer: ReceiptSigner, pool: PostgresPool, ledger: any RPCChannel) -> ReceiptRecorder {
        ReceiptRecorder(signer: signer, outbox: Outbox(doorbell: Doorbell()), pool: pool, ledger: { ledger }, acknowledged: { _ in })
    }
}
