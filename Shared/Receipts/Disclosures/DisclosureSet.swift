internal import JSON
internal import Trust

/// The personal part of a receipt: digests for the statement, disclosures for whoever may read.
struct DisclosureSet: Sendable {
    let disclosures: [Disclosure]
    /// Sorted, so that their order says nothing about the members' order.
    let digests: [String]

    /// Digests come in fours: how many members are real shows only roughly, and never that there are none.
    private static let granularity = 4

    init(hiding members: JSONObject, randomBytes: (Int) -> [UInt8]) throws(ReceiptError) {
        guard members.count <= ReceiptLimits.personalFieldCount else {
            throw ReceiptError("personal", "holds at most \(ReceiptLimits.personalFieldCount) members")
        }
        var disclosures: [Disclosure] = []
        for (name, value) in members {
            // Both names have a meaning of their own in RFC 9901.
            guard name != "_sd", name != "..." else { throw ReceiptError("personal/\(name)", "is a reserved name") }
            try ReceiptRules.checkNumbers(value, at: "personal/\(name)")
            guard ReceiptRules.depth(of: value) < ReceiptLimits.depth else { throw ReceiptError("personal/\(name)", "is nested too deep") }
            disclosures.append(Disclosure(salt: randomBytes(Disclosure.saltByteCount), name: name, value: value))
        }
        var digests = disclosures.map(\.digest)
        repeat {
            // A decoy is the digest of something that nobody has (RFC 9901 §4.2.5).
            digests.append(Base64.encodeURL(SHA256Digest(hashing: randomBytes(32)).bytes))
        } while digests.count % Self.granularity != 0
        self.disclosures = disclosures
        self.digests = digests.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
