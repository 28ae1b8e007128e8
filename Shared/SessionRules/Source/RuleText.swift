internal import Cedar

/// A text with the means to say where an offset lies.
struct RuleText: Sendable {
    let bytes: [UInt8]
    /// The offset at which each line begins.
    private let lines: [Int]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var lines = [0]
        for (offset, byte) in bytes.enumerated() where byte == 0x0A { lines.append(offset + 1) }
        self.lines = lines
    }

    subscript(span: SourceSpan) -> String {
        String(decoding: bytes[max(0, span.lower)..<min(bytes.count, max(span.lower, span.upper))], as: UTF8.self)
    }

    func place(of offset: Int) -> (line: Int, column: Int) {
        let end = min(offset, bytes.count)
        var (line, after) = (0, lines.count)
        while after - line > 1 {
            let middle = (line + after) / 2
            if lines[middle] <= end { line = middle } else { after = middle }
        }
        let scalars = bytes[lines[line]..<end].count { $0 & 0xC0 != 0x80 }
        return (line + 1, scalars + 1)
    }

    func fault(_ message: String, _ span: SourceSpan, suggestion: String? = nil) -> RuleDiagnostic {
        let place = place(of: span.lower)
        return RuleDiagnostic(message: message, suggestion: suggestion, line: place.line, column: place.column, span: span)
    }
}
