public import FoundationEssentials
public import Identity
public import Trust

/// Identifiers that follow from a run's own facts: the same step has the same ones after any crash.
public enum DerivedIdentity {
    /// Hex SHA-256 over tenant, run and seq, joined by `|`: the key under which a connector has at most one effect.
    public static func idempotencyKey(tenant: TenantID, run: RunID, seq: Int) -> String {
        digest([tenant.description, run.description, String(seq)]).hex
    }

    public static func digest(_ parts: [String]) -> SHA256Digest { SHA256Digest(hashing: Array(parts.joined(separator: "|").utf8)) }

    /// A UUID of version 8 (RFC 9562 §5.8) from the first bytes of a digest.
    public static func uuid(_ digest: SHA256Digest) -> UUID {
        var bytes = Array(digest.bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        guard let uuid = UUID(bytes: bytes) else { preconditionFailure("16 bytes are a UUID") }
        return uuid
    }

    static func task(_ state: RunState, seq: Int, ordinal: Int) -> TaskID {
        TaskID(rawValue: uuid(digest(["task", state.tenant.description, state.run.description, String(seq), String(ordinal)])))
    }

    static func child(_ state: RunState, seq: Int) -> RunID {
        RunID(rawValue: uuid(digest(["child", state.tenant.description, state.run.description, String(seq)])))
    }
}
