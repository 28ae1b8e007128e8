/// Where a call stands in its trace (W3C Trace Context).
public struct TraceContext: Hashable, Sendable, CustomStringConvertible {
    public let traceID: [UInt8]
    public let spanID: [UInt8]
    public let isSampled: Bool

    private init(traceID: [UInt8], spanID: [UInt8], isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace.
    public static func make() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return TraceContext(traceID: random(16, &generator), spanID: random(8, &generator), isSampled: true)
    }

    /// The same trace, one call further.
    public func child() -> TraceContext {
        var generator = SystemRandomNumberGenerator()
        return TraceContext(traceID: traceID, spanID: Self.random(8, &generator), isSampled: isSampled)
    }

    /// `00-<32 hex>-<16 hex>-<2 hex>`; nil where it is anything else or an id is all zeros.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", let trace = Self.unhex(parts[1]), let span = Self.unhex(parts[2]),
            let flags = Self.unhex(parts[3])
        else { return nil }
        self.init(binary: [0] + trace + span + flags)
    }

    public var traceparent: String { "00-\(Self.hex(traceID))-\(Self.hex(spanID))-\(isSampled ? "01" : "00")" }
    public var description: String { traceparent }
    public var traceIDText: String { Self.hex(traceID) }

    /// On the wire: version 0, trace id, span id, flags; 26 bytes.
    var binary: [UInt8] { [0] + traceID + spanID + [isSampled ? 1 : 0] }

    init?(binary: some Collection<UInt8>) {
        let bytes = Array(binary)
        guard bytes.count == 26, bytes[0] == 0 else { return nil }
        let trace = Array(bytes[1..<17])
        let span = Array(bytes[17..<25])
        guard trace.contains(where: { $0 != 0 }), span.contains(where: { $0 != 0 }) else { return nil }
        self.init(traceID: trace, spanID: span, isSampled: bytes[25] & 1 == 1)
    }

    private static func random(_ count: Int, _ generator: inout SystemRandomNumberGenerator) -> [UInt8] {
        // Not all zeros: the last byte is never 0.
        (0..<count - 1).map { _ in UInt8.random(in: 0...255, using: &generator) } + [UInt8.random(in: 1...255, using: &generator)]
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Lower case only, as the specification asks.
    private static func unhex(_ text: Substring) -> [UInt8]? {
        let nibbles = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        guard nibbles.count == text.utf8.count, nibbles.count % 2 == 0 else { return nil }
        return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}
