/// A part of a list that a service gives whole; the cursor is then an offset.
public enum CursorSlice {
    public static let limitMax = 200
    public static let limitDefault = 50

    /// - Parameter cursor: ``next`` of the part before; empty for the beginning.
    public static func part<T>(of items: [T], cursor: [UInt8], limit: Int) throws(Problem) -> (items: [T], next: [UInt8]) {
        guard let offset = cursor.isEmpty ? 0 : Int(String(decoding: cursor, as: UTF8.self)), offset >= 0 else { throw .cursor }
        let part = Array(items.dropFirst(offset).prefix(limit))
        // An offset may be anything that a client writes: no sum that could overflow.
        let isMore = !part.isEmpty && items.count - offset > part.count
        return (part, isMore ? Array(String(offset + part.count).utf8) : [])
    }
}

extension Problem {
    public static let cursor = Problem.invalid("cursor", "is not one of ours", fix: "send next_cursor as it came, or leave it out")
}
