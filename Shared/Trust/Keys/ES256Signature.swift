/// The two encodings of one ECDSA signature on P-256: DER for DSSE and X.509, r ‖ s (64 bytes) for JOSE and WebCrypto.
public enum ES256Signature {
    private static let halfCount = 32

    /// Nil unless `der` is exactly one ECDSA-Sig-Value in DER with numbers of at most 32 bytes.
    public static func raw(fromDER der: [UInt8]) -> [UInt8]? {
        guard der.count >= 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
        var rest = der[2...]
        guard let r = takeInteger(&rest), let s = takeInteger(&rest), rest.isEmpty else { return nil }
        return r + s
    }

    /// Nil unless there are exactly 64 bytes.
    public static func der(fromRaw raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 2 * halfCount else { return nil }
        let body = integer(raw.prefix(halfCount)) + integer(raw.suffix(halfCount))
        return [0x30, UInt8(body.count)] + body
    }

    private static func takeInteger(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.count >= 3, rest.removeFirst() == 0x02 else { return nil }
        let count = Int(rest.removeFirst())
        guard count >= 1, count <= rest.count else { return nil }
        var body = rest.prefix(count)
        rest = rest.dropFirst(count)
        // DER: no negative number, and a leading zero only where the next bit would make it one.
        guard let first = body.first, first < 0x80 else { return nil }
        if first == 0, body.count > 1 {
            body = body.dropFirst()
            guard let next = body.first, next >= 0x80 else { return nil }
        }
        guard body.count <= halfCount else { return nil }
        return [UInt8](repeating: 0, count: halfCount - body.count) + body
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var body = Array(bytes.drop { $0 == 0 })
        if body.first.map({ $0 >= 0x80 }) ?? true { body.insert(0, at: 0) }
        return [0x02, UInt8(body.count)] + body
    }
}
