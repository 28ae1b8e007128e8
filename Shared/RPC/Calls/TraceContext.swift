internal import NIOCore

/// Where a call stands in its trace (W3C Trace Context).
public struct TraceContext: Hashable, Sendable, CustomStringConvertible {
    private let traceHigh: UInt64
    private let traceLow: UInt64
    private let span: UInt64
    public let isSampled: Bool

    private init(_ traceHigh: UInt64, _ traceLow: UInt64, span: UInt64, isSampled: Bool) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.isSampled = isSampled
    }

    /// A new trace.
    public static func make() -> TraceContext {
        TraceContext(TraceIDs.next(), TraceIDs.next(), span: TraceIDs.next(), isSampled: true)
    }

    /// The same trace, one call further.
    public func child() -> TraceContext { TraceContext(traceHigh, traceLow, span: TraceIDs.next(), isSampled: isSampled) }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; nil where it is anything else or an id is all zeros.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32, let high = Self.unhex(parts[1].prefix(16), of: UInt64.self),
            let low = Self.unhex(parts[1].suffix(16), of: UInt64.self), let span = Self.unhex(parts[2], of: UInt64.self),
            let flags = Self.unhex(parts[3], of: UInt8.self), high | low != 0, span != 0
        else { return nil }
        self.init(high, low, span: span, isSampled: flags & 1 == 1)
    }

    /// 16 bytes.
    public var traceID: [UInt8] { Self.bytes(traceHigh) + Self.bytes(traceLow) }
    /// 8 bytes.
    public var spanID: [UInt8] { Self.bytes(span) }
    public var traceIDText: String { Self.hex(traceHigh) + Self.hex(traceLow) }
    public var traceparent: String { "00-\(traceIDText)-\(Self.hex(span))-\(isSampled ? "01" : "00")" }
    public var description: String { traceparent }

    func isSameTrace(as other: TraceContext) -> Bool { traceHigh == other.traceHigh && traceLow == other.traceLow }

    // MARK: On the wire: version 0, trace id, span id, flags

    static let binaryCount = 26

    func write(into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(UInt8(0), traceHigh, traceLow, span, isSampled ? UInt8(1) : 0)
    }

    init?(reading field: ByteBuffer) {
        var field = field
        guard field.readableBytes == Self.binaryCount,
            let (version, high, low, span, flags) = field.readMultipleIntegers(as: (UInt8, UInt64, UInt64, UInt64, UInt8).self),
            version == 0, high | low != 0, span != 0
        else { return nil }
        self.init(high, low, span: span, isSampled: flags & 1 == 1)
    }

    // MARK: As text

    private static func bytes(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.bigEndian) { Array($0) } }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Lower case only, as the specification asks, and each digit of it.
    private static func unhex<Word: FixedWidthInteger>(_ text: Substring, of: Word.Type) -> Word? {
        let digits = text.utf8
        guard digits.count == Word.bitWidth / 4, digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else { return nil }
        return Word(text, radix: 16)
    }
}
