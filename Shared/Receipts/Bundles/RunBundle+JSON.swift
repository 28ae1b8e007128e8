internal import Identity
public import JSON
public import Trust

extension RunBundle {
    /// A run of ten thousand receipts at their largest.
    private static let limits = JSONLimits(size: 1 << 30, depth: 16)

    public func encoded() throws(TrustError) -> [UInt8] { try json().encoded() }

    public func json() throws(TrustError) -> JSONValue {
        [
            "format": .string(Self.format),
            "origin": .string(origin),
            "run": .string(run.description),
            "exported_at": .string(exportedAt.text),
            "pending": .int(Int64(pendingCount)),
            "keys": try keys.json(),
            "registrations": .array(registrations.map { Self.json(of: $0) }),
            "receipts": .array(items.map { Self.json(of: $0) }),
        ]
    }

    private static func json(of item: Item) -> JSONValue {
        [
            "envelope": item.envelope?.json ?? .null,
            "leaf": .string(String(decoding: item.leaf, as: UTF8.self)),
            "disclosures": .array(item.disclosures.map { .string($0) }),
            "proof": item.proof.map { .string($0.text) } ?? .null,
        ]
    }

    public init(parsing bytes: [UInt8]) throws(ReceiptError) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes, limits: Self.limits)
        } catch {
            throw ReceiptError("bundle", error.description)
        }
        guard json["format"] == .string(Self.format) else { throw ReceiptError("format", "is not \(Self.format)") }
        guard let origin = json["origin"]?.stringValue, let run = json["run"]?.stringValue.flatMap({ RunID($0) }),
            let time = json["exported_at"]?.stringValue.flatMap({ ReceiptTime(text: $0) }), let keys = json["keys"],
            let receipts = json["receipts"]?.arrayValue, let registrations = json["registrations"]?.arrayValue,
            let pending = json["pending"]?.intValue, pending >= 0
        else { throw ReceiptError("bundle", "origin, run, exported_at, pending, keys, registrations and receipts are needed") }
        self.init(
            origin: origin, run: run, exportedAt: time, items: try Self.items(receipts, at: "receipts"),
            registrations: try Self.items(registrations, at: "registrations"), keys: try TrustAnchors(json: keys),
            pendingCount: Int(clamping: pending))
    }

    private static func items(_ json: [JSONValue], at path: String) throws(ReceiptError) -> [Item] {
        var items: [Item] = []
        for (index, entry) in json.enumerated() { items.append(try item(entry, at: "\(path)/\(index)")) }
        return items
    }

    private static func item(_ json: JSONValue, at path: String) throws(ReceiptError) -> Item {
        guard let leaf = json["leaf"]?.stringValue, let envelope = json["envelope"], let proof = json["proof"],
            let disclosures = json["disclosures"]?.arrayValue
        else { throw ReceiptError(path, "envelope, leaf, disclosures and proof are needed") }
        let texts = disclosures.compactMap(\.stringValue)
        guard texts.count == disclosures.count else { throw ReceiptError("\(path)/disclosures", "are strings") }
        var logProof: LogProof?
        if !proof.isNull {
            guard let parsed = proof.stringValue.flatMap({ LogProof(text: $0) }) else {
                throw ReceiptError("\(path)/proof", "is no c2sp.org/tlog-proof@v1")
            }
            logProof = parsed
        }
        return Item(
            envelope: envelope.isNull ? nil : try Envelope(json: envelope), leaf: Array(leaf.utf8), disclosures: texts, proof: logProof)
    }
}
