internal import COpenSSL

/// Random bytes from OpenSSL's generator, which the kernel seeds.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= 1 << 20, "a megabyte of randomness is a mistake")
        var bytes = [UInt8](repeating: 0, count: count)
        // Going on without randomness would sign with guessable nonces and salts.
        guard count == 0 || RAND_bytes(&bytes, CInt(count)) == 1 else { preconditionFailure("the random generator failed") }
        return bytes
    }

    public static func uint64() -> UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
