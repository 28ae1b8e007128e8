internal import Identity
internal import JSON
internal import Trust

extension ReceiptStatement {
    /// Reads a payload and holds it to every rule, the same ones that the signer is held to.
    public init(payload: [UInt8]) throws(ReceiptError) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: payload, limits: JSONLimits(size: ReceiptLimits.payloadByteCount, depth: ReceiptLimits.depth))
        } catch {
            throw ReceiptError("payload", error.description)
        }
        try self.init(json: json)
    }

    init(json: JSONValue) throws(ReceiptError) {
        try ReceiptRules.checkNumbers(json, at: "")
        var statement = try FieldReader(json, at: "")
        guard try statement.text("_type") == Self.statementType else { throw ReceiptError("/_type", "is not an in-toto Statement v1") }
        guard let kind = ReceiptKind(predicateType: try statement.text("predicateType")) else {
            throw ReceiptError("/predicateType", "is not a kind of receipt")
        }
        let subject = try statement.list("subject") { (item, path) throws(ReceiptError) in
            var item = try FieldReader(item, at: path)
            var digest = try FieldReader(item.value("digest"), at: path + "/digest")
            let subject = ReceiptSubject(try item.text("name"), try digest.digest("sha256"))
            try digest.end()
            try item.end()
            return subject
        }
        var predicate = try FieldReader(statement.value("predicate"), at: "/predicate")
        try statement.end()
        self.kind = kind
        self.subject = subject
        id = try predicate.identifier("id")
        tenantOrigin = try predicate.text("tenant")
        emitter = try Self.emitter(FieldReader(predicate.value("emitter"), at: "/predicate/emitter"))
        run = try predicate.optionalIdentifier("run")
        step = try predicate.optionalText("step")
        guard let phase = ReceiptPhase(rawValue: try predicate.text("phase")) else { throw ReceiptError("/predicate/phase", "is unknown") }
        self.phase = phase
        causes = try predicate.list("causes") { (item, path) throws(ReceiptError) in try FieldReader.digest(item, at: path) }
        policyDecision = try predicate.optionalDigest("policy_decision")
        trace = predicate.has("trace") ? try predicate.text("trace") : nil
        outcome = try predicate.text("outcome")
        guard let time = ReceiptTime(text: try predicate.text("time")) else {
            throw ReceiptError("/predicate/time", "is not RFC 3339 in UTC with microseconds")
        }
        self.time = time
        facts = try predicate.object("facts")
        disclosureDigests = try predicate.list("_sd") { (item, path) throws(ReceiptError) in try Disclosure.digestText(item, at: path) }
        guard try predicate.text("_sd_alg") == Self.disclosureAlgorithm else { throw ReceiptError("/predicate/_sd_alg", "is not sha-256") }
        try predicate.end()
        try ReceiptRules.check(self)
    }

    private static func emitter(_ reader: FieldReader) throws(ReceiptError) -> Emitter {
        var reader = reader
        guard let service = ServiceName(rawValue: try reader.text("service")) else {
            throw ReceiptError("/predicate/emitter/service", "is not a service of this platform")
        }
        let instance = try reader.text("instance")
        let position = EmitterPosition(
            epoch: try reader.integer("epoch"), sequence: try reader.integer("seq"), previous: try reader.optionalDigest("prev"))
        try reader.end()
        return Emitter(service: service, instance: instance, position: position)
    }
}
