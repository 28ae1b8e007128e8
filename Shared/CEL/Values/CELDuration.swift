/// A span of time in nanoseconds, in the range of protocol buffers' Duration: about 10,000 years to either side.
public struct CELDuration: Hashable, Sendable {
    /// Both have the sign of the whole.
    public let seconds: Int64
    public let nanoseconds: Int32

    public static let zero = CELDuration(seconds: 0, nanoseconds: 0)
    static let secondsMax: Int64 = 315_576_000_000

    private init(seconds: Int64, nanoseconds: Int32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// Nil outside of the range.
    public init?(totalNanoseconds total: Int128) {
        let seconds = total / 1_000_000_000
        guard seconds.magnitude <= Self.secondsMax.magnitude else { return nil }
        self.init(seconds: Int64(seconds), nanoseconds: Int32(total % 1_000_000_000))
        guard self.seconds.magnitude < Self.secondsMax.magnitude || nanoseconds == 0 else { return nil }
    }

    public var totalNanoseconds: Int128 { Int128(seconds) * 1_000_000_000 + Int128(nanoseconds) }

    /// Signed decimal numbers with units, as `1h30m`, `-1.5s` or `250ms`; nil for anything else, and outside of the range.
    public init?(parsing text: String) {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        if bytes.elementsEqual("0".utf8) {
            self = .zero
            return
        }
        guard !bytes.isEmpty else { return nil }
        var total: Int128 = 0
        while !bytes.isEmpty {
            guard let part = Self.part(&bytes) else { return nil }
            total += part
            guard total <= Int128(Self.secondsMax) * 1_000_000_000 else { return nil }
        }
        self.init(totalNanoseconds: isNegative ? -total : total)
    }

    private static func part(_ bytes: inout ArraySlice<UInt8>) -> Int128? {
        let whole = digits(&bytes)
        var fraction: [UInt8] = []
        if bytes.first == UInt8(ascii: ".") {
            bytes = bytes.dropFirst()
            fraction = digits(&bytes)
        }
        guard !(whole.isEmpty && fraction.isEmpty), whole.count <= 24, let unit = unit(&bytes) else { return nil }
        var total = whole.reduce(Int128(0)) { $0 * 10 + Int128($1) } * unit
        var scale = unit
        // Beyond a nanosecond there is nothing to keep.
        for digit in fraction.prefix(24) {
            total += Int128(digit) * scale / 10
            scale /= 10
        }
        return total
    }

    private static func digits(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        bytes = bytes.dropFirst(digits.count)
        return digits.map { $0 - UInt8(ascii: "0") }
    }

    private static func unit(_ bytes: inout ArraySlice<UInt8>) -> Int128? {
        for (name, nanoseconds) in units where bytes.starts(with: name.utf8) {
            bytes = bytes.dropFirst(name.utf8.count)
            return nanoseconds
        }
        return nil
    }

    /// Longer names before their beginnings.
    private static let units: [(String, Int128)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ]
}

extension CELDuration: Comparable, CustomStringConvertible {
    public static func < (a: CELDuration, b: CELDuration) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }

    /// Decimal seconds: `5400s`, `-1.5s`.
    public var description: String {
        let sign = seconds < 0 || nanoseconds < 0 ? "-" : ""
        return "\(sign)\(seconds.magnitude)\(nanoseconds.magnitude.asFractionOfSecond)s"
    }
}

extension UInt32 {
    /// Nanoseconds as `.5`, without zeros at the end; nothing for none.
    var asFractionOfSecond: String {
        guard self > 0 else { return "" }
        var digits = String(String(self + 1_000_000_000).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }
}
