public import JSON
internal import Trust

extension Envelope {
    /// The largest payload in base64 and room for the signature.
    private static let limits = JSONLimits(size: ReceiptLimits.payloadByteCount / 3 * 4 + 4096, depth: 8)

    public init(parsing bytes: [UInt8]) throws(ReceiptError) {
        do {
            try self.init(json: JSONValue(parsing: bytes, limits: Self.limits))
        } catch let error as JSONError {
            throw ReceiptError("envelope", error.description)
        } catch let error as ReceiptError {
            throw error
        } catch {
            throw ReceiptError("envelope", "unreadable")
        }
    }

    public init(json: JSONValue) throws(ReceiptError) {
        guard let type = json["payloadType"]?.stringValue, let payload = json["payload"]?.stringValue.flatMap({ Base64.decode($0) }) else {
            throw ReceiptError("envelope", "payloadType and payload (base64) are needed")
        }
        guard let signatures = json["signatures"]?.arrayValue, signatures.count == 1, let keyID = signatures[0]["keyid"]?.stringValue,
            !keyID.isEmpty, let bytes = signatures[0]["sig"]?.stringValue.flatMap({ Base64.decode($0) })
        else { throw ReceiptError("envelope/signatures", "exactly one signature with keyid and sig (base64) is needed") }
        self.init(payloadType: type, payload: payload, signature: Signature(keyID: keyID, bytes: bytes))
    }

    public var json: JSONValue {
        [
            "payload": .string(Base64.encode(payload)),
            "payloadType": .string(payloadType),
            "signatures": [["keyid": .string(signature.keyID), "sig": .string(Base64.encode(signature.bytes))]],
        ]
    }
}
