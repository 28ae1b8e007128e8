internal import FoundationEssentials
internal import Identity
internal import RPC
internal import Trust
internal import Wire

/// Answers the methods of `provable.policy.governance.v1.Governance`. Each group of methods is one file beside this one.
package struct GovernanceEndpoint: PolicyGovernanceV1.GovernanceHandler {
    let parts: PolicyParts
    let publishing: Publishing
    let guardrails: AdaptiveGuardrails
    let catalogue: ConnectorCatalogue

    init(parts: PolicyParts, followers: BlueprintFollower, connectors: any RPCChannel) {
        self.parts = parts
        catalogue = ConnectorCatalogue(channel: connectors)
        publishing = Publishing(parts: parts, followers: followers)
        guardrails = AdaptiveGuardrails(parts: parts, publishing: publishing, logger: followers.logger)
    }

    static func digest(_ bytes: [UInt8], _ field: String) throws(RPCError) -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: bytes) else { throw .invalid(field, "is no digest", fix: "send the 32 bytes of a bundle's digest") }
        return digest
    }

    static func id(_ bytes: [UInt8], _ field: String) throws(RPCError) -> UUID {
        guard let id = UUID(bytes: bytes) else { throw .invalid(field, "is no id", fix: "send the 16 bytes of the UUID") }
        return id
    }

    static func note(_ text: String) throws(RPCError) -> String {
        guard text.utf8.count <= 2_000, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A }) else {
            throw .invalid("note", "is longer than 2000 bytes or holds a control character", fix: "say it shorter")
        }
        return text
    }

    static func missing(_ digest: SHA256Digest) -> RPCError {
        RPCError(.notFound, reason: "BUNDLE_NOT_FOUND", message: "there is no bundle \(digest.hex.prefix(12))")
    }
}
