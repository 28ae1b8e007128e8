public import JSON

extension JSONValue {
    /// JSON as people lay it out: a member or element on each line, what is short on one.
    public func indented() -> String { lines(0).joined(separator: "\n") }

    private func lines(_ depth: Int) -> [String] {
        let flat = encodedString()
        // Checked before the recursion: what is short has little in it.
        if flat.utf8.count <= 100 - min(depth * 2, 60) { return [flat] }
        switch self {
        case .array(let values): return Self.block(values.map { ("", $0) }, "[", "]", depth)
        case .object(let members):
            return Self.block(members.map { ("\(JSONValue.string($0.key).encodedString()): ", $0.value) }, "{", "}", depth)
        default: return [flat]
        }
    }

    private static func block(_ parts: [(String, JSONValue)], _ open: String, _ close: String, _ depth: Int) -> [String] {
        var made = [open]
        for (index, (name, value)) in parts.enumerated() {
            var lines = value.lines(depth + 1)
            lines[0] = name + lines[0]
            if index + 1 < parts.count { lines[lines.count - 1] += "," }
            made += lines.map { "  " + $0 }
        }
        return made + [close]
    }
}
