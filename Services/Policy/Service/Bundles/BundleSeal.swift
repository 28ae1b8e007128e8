internal import Identity
internal import Receipts
internal import Trust

/// Holds a stored bundle against the envelope that it was published with: a row that nobody published decides nothing.
struct BundleSeal: Sendable {
    struct Broken: Error, CustomStringConvertible {
        let digest: SHA256Digest
        let reason: String

        var description: String { "the bundle \(digest.hex.prefix(12)) is not as it was published: \(reason)" }
    }

    /// Of this service, now and before.
    let keys: [ES256PublicKey]

    func check(_ bundle: StoredBundle) throws(Broken) {
        func broken(_ reason: String) -> Broken { Broken(digest: bundle.digest, reason: reason) }
        let envelope: Envelope
        let statement: ReceiptStatement
        do throws(ReceiptError) {
            envelope = try Envelope(parsing: bundle.envelope)
            statement = try ReceiptStatement(payload: envelope.payload)
        } catch { throw broken("its envelope holds no receipt") }
        guard envelope.payloadType == DSSE.inTotoPayloadType, keys.contains(where: { envelope.isSigned(by: $0) }) else {
            throw broken("its envelope is not signed by this service")
        }
        guard statement.emitter.service == .policy, statement.outcome == "bundle-published",
            statement.subject == [ReceiptSubject("bundle:\(bundle.digest.hex)", bundle.digest)]
        else { throw broken("its envelope is of something else") }
    }
}
