public import Trust

/// A client's name for one intention: the same key with the same request has one effect.
public struct IdempotencyKey: Sendable, Hashable {
    public static let header = "Idempotency-Key"
    private static let bytesMax = 200

    public let text: String

    public init(header: String?) throws(Problem) {
        guard let header, !header.isEmpty else {
            throw .invalid(Self.header, "is missing", fix: "send a new random key for each intention, and the same for its retries")
        }
        guard header.utf8.count <= Self.bytesMax, header.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid(Self.header, "is not a key", fix: "send 1 to \(Self.bytesMax) visible ASCII characters")
        }
        text = header
    }

    /// The key under which other services are asked for the effect: nobody else can choose it, and a retry chooses the same.
    public func effectKey(tenant: [UInt8], principal: String) -> String {
        let person = Array(principal.utf8)
        // The length keeps (a, bc) and (ab, c) apart.
        return SHA256Digest(hashing: Array("provable effect v1|\(person.count)|".utf8) + tenant + person + Array(text.utf8)).hex
    }

    /// What a request must have in common with the first one of its key.
    public static func fingerprint(method: String, path: String, body: [UInt8]) -> SHA256Digest {
        SHA256Digest(hashing: Array("\(method) \(path)\n".utf8) + body)
    }
}
