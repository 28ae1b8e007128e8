/// A string as Cedar knows it: a sequence of Unicode scalars.
///
/// Swift's `==` on `String` is canonical equivalence, under which "é" written two ways is one string; here they are two. The
/// digest is kept, so that strings which differ are told apart by one comparison of words.
public struct Text: Sendable {
    private final class Storage: Sendable {
        let string: String
        let digest: Int

        init(_ string: String) {
            var native = string
            var hasher = Hasher()
            native.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            self.string = native
            digest = hasher.finalize()
        }
    }

    private let storage: Storage

    public init(_ string: String) { storage = Storage(string) }

    public var string: String { storage.string }
    var digest: Int { storage.digest }
}

extension Text: Hashable, Comparable {
    public static func == (a: Text, b: Text) -> Bool {
        if a.storage === b.storage { return true }
        return a.storage.digest == b.storage.digest && a.withBytes { left in b.withBytes { left.elementsEqual($0) } }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    /// The order of UTF-8, which is that of Unicode scalars.
    public static func < (a: Text, b: Text) -> Bool {
        a.withBytes { left in b.withBytes { left.lexicographicallyPrecedes($0) } }
    }

    /// Over the bytes themselves: a walk over a string's `utf8` view asks each time how the string is stored.
    private func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var string = storage.string
        return string.withUTF8(body)
    }
}

extension Text: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { string }

    /// As a Cedar string literal.
    var quoted: String {
        var text = "\""
        for scalar in string.unicodeScalars { text += Text.escaped(scalar) }
        return text + "\""
    }

    /// A scalar as it stands in a literal.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case "\0": "\\0"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: "\\u{\(String(scalar.value, radix: 16))}"
        default: String(scalar)
        }
    }
}
