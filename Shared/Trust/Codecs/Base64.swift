/// Base64 in the two alphabets of RFC 4648: standard with padding, and URL-safe without.
///
/// Decoding is strict: another alphabet, missing or extra padding, white space and non-zero trailing bits are all refused, so
/// that one sequence of bytes has one text and nothing that was signed can be written in a second way.
public enum Base64 {
    private static let standard = Alphabet("+/")
    private static let urlSafe = Alphabet("-_")

    public static func encode(_ bytes: some Collection<UInt8>) -> String { text(of: bytes, standard, isPadded: true) }
    public static func encodeURL(_ bytes: some Collection<UInt8>) -> String { text(of: bytes, urlSafe, isPadded: false) }

    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { return nil }
        for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
        // Padding that stood where none belongs leaves a remainder that no encoder makes.
        guard text.utf8.count - characters.count == (4 - characters.count % 4) % 4 else { return nil }
        return bytes(of: characters, standard)
    }

    public static func decodeURL(_ text: some StringProtocol) -> [UInt8]? { bytes(of: Array(text.utf8), urlSafe) }

    private static func text(of bytes: some Collection<UInt8>, _ alphabet: Alphabet, isPadded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet.characters[Int(buffer >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { text.append(alphabet.characters[Int(buffer << UInt32(6 - bits) & 63)]) }
        while isPadded && text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(of characters: [UInt8], _ alphabet: Alphabet) -> [UInt8]? {
        guard characters.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for character in characters {
            let value = alphabet.values[Int(character)]
            guard value < 64 else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return buffer & ((1 << UInt32(bits)) - 1) == 0 ? bytes : nil
    }

    private struct Alphabet: Sendable {
        let characters: [UInt8]
        /// 64 where a byte is not in the alphabet.
        let values: [UInt8]

        init(_ lastTwo: String) {
            let characters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo).utf8)
            var values = [UInt8](repeating: 64, count: 256)
            for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
            self.characters = characters
            self.values = values
        }
    }
}
