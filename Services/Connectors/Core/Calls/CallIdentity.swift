package import Identity
package import JSON
package import Trust

/// What a caller asks for, and the names that follow from it.
package struct CallIdentity: Sendable, Hashable {
    package static let keyByteCount = 200

    package let tenant: TenantID
    /// The caller's idempotency key.
    package let key: String
    package let operation: String
    /// SHA-256 of the canonical input.
    package let inputDigest: SHA256Digest
    package let run: RunID?
    package let step: String

    package init(tenant: TenantID, key: String, operation: String, inputDigest: SHA256Digest, run: RunID?, step: String) {
        self.tenant = tenant
        self.key = key
        self.operation = operation
        self.inputDigest = inputDigest
        self.run = run
        self.step = step
    }

    package static func digest(ofInput input: JSONValue) throws(JSONError) -> SHA256Digest { SHA256Digest(hashing: try input.canonical()) }

    /// Two requests under one key are the same request if this is the same.
    package var requestDigest: SHA256Digest { Self.digest([operation, inputDigest.hex, run?.description ?? "", step]) }

    /// Left with the effect, where the vendor keeps such a thing, and searched for after a crash. It says nothing to whom it is not known.
    package var marker: String { "provable-" + Self.digest(["marker", tenant.description, key]).hex.prefix(32) }

    /// Of the budget reservation of one attempt.
    package func reservationKey(attempt: Int) -> String { "\(key)/\(attempt)" }

    /// Of the usage event of one attempt: the same after any crash, so that it counts once.
    package func usageEventID(attempt: Int) -> [UInt8] { Self.uuid(["usage", tenant.description, key, String(attempt)]) }

    private static func digest(_ parts: [String]) -> SHA256Digest { SHA256Digest(hashing: Array(parts.joined(separator: "\n").utf8)) }

    /// A UUID of version 8 (RFC 9562 §5.8).
    private static func uuid(_ parts: [String]) -> [UInt8] {
        var bytes = Array(digest(parts).bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes
    }
}
