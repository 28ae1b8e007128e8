internal import ConnectorsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// An Execute request, read and checked as far as it can be without looking anything up.
struct AskedCall: Sendable {
    static let inputLimits = JSONLimits(size: 1 << 20, depth: 32)

    let identity: CallIdentity
    let input: JSONValue
    let decisionID: DecisionID
    let decisionReceipt: SHA256Digest?

    init(_ request: ConnectorsV1.ExecuteRequest, tenant: TenantID) throws(RPCError) {
        guard (1...CallIdentity.keyByteCount).contains(request.idempotencyKey.utf8.count) else {
            throw .invalid(
                "idempotency_key", "is missing or longer than \(CallIdentity.keyByteCount) bytes", fix: "send a key that names this one effect")
        }
        guard request.step.utf8.count <= 200 else { throw .invalid("step", "is longer than 200 bytes", fix: "send the node's id") }
        do { input = try JSONValue(parsing: request.inputJSON, limits: Self.inputLimits) } catch {
            throw .invalid("input_json", "is not JSON: \(error)", fix: "send one JSON object")
        }
        let digest: SHA256Digest
        do { digest = try CallIdentity.digest(ofInput: input) } catch {
            throw .invalid("input_json", "has no canonical form: \(error)", fix: "send plain JSON")
        }
        guard let decisionID = DecisionID(bytes: request.decisionID) else {
            throw .invalid("decision_id", "is not an id", fix: "send the id of the decision that allows this call")
        }
        self.decisionID = decisionID
        decisionReceipt = try Self.optional(request.decisionReceiptDigest, "decision_receipt_digest") { SHA256Digest(bytes: $0) }
        let run = try Self.optional(request.runID, "run_id") { RunID(bytes: $0) }
        identity = CallIdentity(
            tenant: tenant, key: request.idempotencyKey, operation: request.operation, inputDigest: digest, run: run, step: request.step)
    }

    private static func optional<Value>(_ bytes: [UInt8], _ field: String, _ read: ([UInt8]) -> Value?) throws(RPCError) -> Value? {
        if bytes.isEmpty { return nil }
        guard let value = read(bytes) else {
            throw .invalid(field, "has \(bytes.count) bytes", fix: "send the id's or digest's own bytes, or nothing")
        }
        return value
    }
}
