internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import RPC
internal import Trust

/// An id that is the same whenever the same is said of the same decision.
enum DerivedOutcome {
    static func id(of decision: UUID, _ outcome: DecisionOutcome) throws(RPCError) -> UUID {
        let text = "\(decision.lowercased)|\(outcome.kind.rawValue)|\(outcome.amountMicros)|\(outcome.currency)"
        guard let id = UUID(bytes: SHA256Digest(hashing: Array(text.utf8)).bytes.prefix(16)) else {
            throw RPCError(.internal, reason: "NO_ID", message: "the outcome could not be named")
        }
        return id
    }
}
