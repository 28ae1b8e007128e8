/// A JSON Web Signature in compact form (RFC 7515) with the one algorithm ES256.
///
/// The header has one spelling per (type, key), and a token is accepted only with exactly that one: there is no algorithm to
/// negotiate, no `crit`, no embedded key, and nothing to parse before the signature holds.
public enum CompactJWS {
    /// More than any token of ours has; checked before anything is decoded.
    public static let maximumByteCount = 8192

    /// - Parameter type: The `typ` of the header, which keeps a token for one purpose from being taken for another.
    public static func sign(_ payload: [UInt8], type: String, with key: ES256PrivateKey) throws(TrustError) -> String {
        let signed = header(type: type, keyID: key.keyID) + "." + Base64.encodeURL(payload)
        guard let raw = ES256Signature.raw(fromDER: try key.sign(Array(signed.utf8))) else {
            throw .failed(operation: "signing a token", detail: "the signature is not in DER")
        }
        return signed + "." + Base64.encodeURL(raw)
    }

    /// The payload, where one of `keys` signed it for this `type`.
    public static func verify(_ token: String, type: String, keys: [ES256PublicKey]) throws(TrustError) -> [UInt8] {
        guard token.utf8.count <= maximumByteCount else { throw .notAuthentic }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let key = keys.first(where: { parts[0].utf8.elementsEqual(header(type: type, keyID: $0.keyID).utf8) }),
            let payload = Base64.decodeURL(parts[1]), let raw = Base64.decodeURL(parts[2]), let der = ES256Signature.der(fromRaw: raw),
            key.verify(signature: der, message: Array("\(parts[0]).\(parts[1])".utf8))
        else { throw .notAuthentic }
        return payload
    }

    private static func header(type: String, keyID: String) -> String {
        precondition(type.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }, "a type needs no JSON escapes")
        return Base64.encodeURL(Array(#"{"alg":"ES256","kid":"\#(keyID)","typ":"\#(type)"}"#.utf8))
    }
}
