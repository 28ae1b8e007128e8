internal import Cedar

/// The text of ordinary policies that comes of a text with session rules, and where each part of it came from.
struct PlainText {
    private struct Piece {
        /// Where it begins in the plain text.
        let at: Int
        /// Where it came from; a piece that was put in its place is as a whole from there.
        let source: SourceSpan
        let isCopied: Bool
    }

    private(set) var bytes: [UInt8] = []
    private var pieces: [Piece] = []

    mutating func copy(_ span: SourceSpan, of source: RuleText) {
        guard span.lower < span.upper else { return }
        pieces.append(Piece(at: bytes.count, source: span, isCopied: true))
        bytes += source.bytes[span.lower..<span.upper]
    }

    /// Puts `text` in the place of `span`, with the line breaks that stood there and, where it fits, with the same number of bytes, so
    /// that what follows stays where it was.
    mutating func replace(_ span: SourceSpan, by text: String, of source: RuleText) {
        pieces.append(Piece(at: bytes.count, source: span, isCopied: false))
        let replaced = source.bytes[span.lower..<span.upper]
        bytes += Array(text.utf8)
        let breaks = replaced.count { $0 == 0x0A }
        if breaks > 0 {
            bytes += repeatElement(0x0A, count: breaks)
            let lastLine = replaced.reversed().prefix { $0 != 0x0A }.count
            bytes += repeatElement(0x20, count: lastLine)
        } else {
            bytes += repeatElement(0x20, count: max(0, replaced.count - text.utf8.count))
        }
    }

    /// Where an offset of the plain text came from.
    func origin(of offset: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].at <= offset { low = middle } else { high = middle }
        }
        guard low < pieces.count else { return 0 }
        let piece = pieces[low]
        return piece.isCopied ? min(piece.source.lower + offset - piece.at, piece.source.upper) : piece.source.lower
    }
}
