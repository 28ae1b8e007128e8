public import Identity
public import JSON
public import Trust

/// The keys that a verdict rests on: what an auditor pins, and what a bundle carries beside its receipts.
public struct TrustAnchors: Hashable, Sendable {
    public struct ServiceKey: Hashable, Sendable {
        public let service: ServiceName
        public let key: ES256PublicKey

        public init(service: ServiceName, key: ES256PublicKey) {
            self.service = service
            self.key = key
        }
    }

    public var services: [ServiceKey]
    public var logs: [NoteVerifierKey]
    public var witnesses: [NoteVerifierKey]
    /// How many witnesses must have cosigned a checkpoint.
    public var witnessThreshold: Int

    static let format = "provable-trust/v1"

    public init(services: [ServiceKey], logs: [NoteVerifierKey], witnesses: [NoteVerifierKey] = [], witnessThreshold: Int = 0) {
        self.services = services
        self.logs = logs
        self.witnesses = witnesses
        self.witnessThreshold = witnessThreshold
    }

    public func key(withID keyID: String) -> ServiceKey? { services.first { $0.key.keyID == keyID } }
    public func log(origin: String) -> [NoteVerifierKey] { logs.filter { $0.name == origin } }
}

extension TrustAnchors {
    public func json() throws(TrustError) -> JSONValue {
        var keys: [JSONValue] = []
        for entry in services {
            keys.append(["service": .string(entry.service.rawValue), "keyid": .string(entry.key.keyID), "pem": .string(try entry.key.pem())])
        }
        return [
            "format": .string(Self.format),
            "services": .array(keys),
            "logs": .array(logs.map { ["origin": .string($0.name), "key": .string($0.text)] }),
            "witnesses": .array(witnesses.map { .string($0.text) }),
            "witness_threshold": .int(Int64(witnessThreshold)),
        ]
    }

    public init(json: JSONValue) throws(ReceiptError) {
        guard json["format"] == .string(Self.format) else { throw ReceiptError("trust/format", "is not \(Self.format)") }
        guard let services = json["services"]?.arrayValue, let logs = json["logs"]?.arrayValue else {
            throw ReceiptError("trust", "services and logs are needed")
        }
        self.services = []
        for (index, entry) in services.enumerated() {
            guard let service = entry["service"]?.stringValue.flatMap({ ServiceName(rawValue: $0) }), let pem = entry["pem"]?.stringValue,
                let key = try? ES256PublicKey(pem: pem), entry["keyid"]?.stringValue == key.keyID
            else { throw ReceiptError("trust/services/\(index)", "is no ES256 key of a service with its own keyid") }
            self.services.append(ServiceKey(service: service, key: key))
        }
        self.logs = []
        for (index, entry) in logs.enumerated() {
            guard let key = entry["key"]?.stringValue.flatMap({ NoteVerifierKey(text: $0) }), entry["origin"]?.stringValue == key.name else {
                throw ReceiptError("trust/logs/\(index)", "is no verifier key named like its origin")
            }
            self.logs.append(key)
        }
        let witnesses = (json["witnesses"]?.arrayValue ?? []).map { $0.stringValue.flatMap { NoteVerifierKey(text: $0) } }
        let threshold = json["witness_threshold"]?.intValue ?? 0
        guard !witnesses.contains(nil), threshold >= 0, threshold <= Int64(witnesses.count) else {
            throw ReceiptError("trust/witnesses", "are verifier keys, at least as many as the threshold")
        }
        self.witnesses = witnesses.compactMap { $0 }
        witnessThreshold = Int(threshold)
    }
}
