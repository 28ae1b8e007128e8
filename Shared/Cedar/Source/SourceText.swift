/// A policy text with the means to say where an offset lies.
struct SourceText: Sendable {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    subscript(span: SourceSpan) -> String {
        String(decoding: bytes[max(0, span.lower)..<min(bytes.count, span.upper)], as: UTF8.self)
    }

    /// Line and column from 1; the column counts Unicode scalars, as editors show them.
    func position(of offset: Int) -> SourcePosition {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return SourcePosition(line: line, column: column, offset: offset)
    }
}

/// A place in a policy text, for people.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// Bytes before it.
    public var offset: Int

    public var description: String { "line \(line), column \(column)" }
}
