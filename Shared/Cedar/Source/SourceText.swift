/// A policy text with the means to say where an offset lies.
struct SourceText: Sendable {
    let bytes: [UInt8]
    /// The offset at which each line begins.
    private let lines: [Int]
    /// How many scalars begin before each block, so that a place far along one line costs no walk through it.
    private let scalarsBefore: [Int]

    private static let block = 1024

    init(_ text: String) {
        bytes = Array(text.utf8)
        var lines = [0]
        var scalarsBefore: [Int] = []
        var scalars = 0
        for (offset, byte) in bytes.enumerated() {
            if offset % Self.block == 0 { scalarsBefore.append(scalars) }
            if byte & 0xC0 != 0x80 { scalars += 1 }
            if byte == 0x0A { lines.append(offset + 1) }
        }
        if bytes.count % Self.block == 0 { scalarsBefore.append(scalars) }
        self.lines = lines
        self.scalarsBefore = scalarsBefore
    }

    private func scalars(before offset: Int) -> Int {
        let block = offset / Self.block
        return scalarsBefore[block] + bytes[block * Self.block..<offset].count { $0 & 0xC0 != 0x80 }
    }

    subscript(span: SourceSpan) -> String {
        String(decoding: bytes[max(0, span.lower)..<min(bytes.count, span.upper)], as: UTF8.self)
    }

    /// Line and column from 1; the column counts Unicode scalars, as editors show them.
    func position(of offset: Int) -> SourcePosition {
        let end = min(offset, bytes.count)
        var (line, after) = (0, lines.count)
        while after - line > 1 {
            let middle = (line + after) / 2
            if lines[middle] <= end { line = middle } else { after = middle }
        }
        let column = scalars(before: end) - scalars(before: lines[line]) + 1
        return SourcePosition(line: line + 1, column: column, offset: offset)
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
