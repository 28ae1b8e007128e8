internal import FlowEngineCore
internal import JSON
internal import Yams

/// YAML's part that JSON can say.
enum YAMLText {
    static func parse(_ bytes: [UInt8], _ limits: SourceLimits) throws(SourceFault) -> (JSONValue, SourceLines) {
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw SourceFault("the text is not UTF-8", fix: "save it as UTF-8")
        }
        guard !YAMLAliases.couldBeKeys(in: bytes) else {
            throw SourceFault("the text has aliases, and keys that are no text", fix: "write the aliases out")
        }
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch { throw fault(error) }
        guard let root else { throw SourceFault("the text is empty", fix: "write a definition") }
        var reader = Reader(limits: limits)
        let value = try reader.value(of: root, at: "", depth: 1)
        return (value, reader.lines)
    }

    private static func fault(_ error: any Error) -> SourceFault {
        let fix = "correct it at that place"
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            return SourceFault(line: mark.line, column: mark.column, "this is no YAML: \(problem)", fix: fix)
        case .reader(let problem, _, _, _): return SourceFault("this is no YAML: \(problem)", fix: "save it as UTF-8")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return SourceFault(
                line: context.mark.line, column: context.mark.column,
                "a key stands twice: \(duplicates.map { "\($0)" }.sorted().joined(separator: ", "))",
                fix: "remove one of them")
        default: return SourceFault("this is no YAML: \(error)", fix: "correct it")
        }
    }

    /// Aliases share their node, so that a small text can be a large document: what they unfold to is counted.
    private struct Reader {
        let limits: SourceLimits
        var lines: SourceLines = [:]
        private var count = 0

        init(limits: SourceLimits) { self.limits = limits }

        mutating func value(of node: Node, at pointer: String, depth: Int) throws(SourceFault) -> JSONValue {
            count += 1
            let (line, column) = (node.mark?.line ?? 0, node.mark?.column ?? 0)
            guard count <= limits.values else {
                throw SourceFault(
                    line: line, column: column, "the text unfolds to more than \(limits.values) values", fix: "split it, and do without aliases")
            }
            guard depth <= limits.depth else {
                throw SourceFault(line: line, column: column, "it is nested deeper than \(limits.depth)", fix: "flatten it")
            }
            if lines[pointer] == nil { lines[pointer] = line }
            switch node {
            case .scalar(let scalar): return YAMLText.scalar(scalar, node)
            case .sequence(let sequence):
                var values: [JSONValue] = []
                for (index, element) in sequence.enumerated() {
                    values.append(try value(of: element, at: "\(pointer)/\(index)", depth: depth + 1))
                }
                return .array(values)
            case .mapping(let mapping): return .object(try members(of: mapping, at: pointer, depth: depth))
            case .alias: throw SourceFault(line: line, column: column, "an alias leads nowhere", fix: "write the value out")
            }
        }

        private mutating func members(of mapping: Node.Mapping, at pointer: String, depth: Int) throws(SourceFault) -> JSONObject {
            // Built at once: to look for each name as it comes would be quadratic.
            var members: [(String, JSONValue)] = []
            var names: Set<String> = []
            for (key, element) in mapping {
                let (line, column) = (key.mark?.line ?? 0, key.mark?.column ?? 0)
                guard case .scalar(let scalar) = key else {
                    throw SourceFault(line: line, column: column, "a key is no text", fix: "write it in quotes")
                }
                let name = scalar.string
                guard name != "<<" || scalar.style != .plain else {
                    throw SourceFault(line: line, column: column, "there are no merge keys", fix: "write the members out")
                }
                guard names.insert(name).inserted else {
                    throw SourceFault(line: line, column: column, "the key '\(name)' stands twice", fix: "remove one of them")
                }
                let at = "\(pointer)/\(name.pointerToken)"
                lines[at] = line
                members.append((name, try value(of: element, at: at, depth: depth + 1)))
            }
            return JSONObject(members)
        }
    }

    private static func scalar(_ scalar: Node.Scalar, _ node: Node) -> JSONValue {
        // What stands in quotes is text, also where it looks like a number.
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        if node.null != nil { return .null }
        // YAML 1.1 would read `on`, `yes` and `no` as booleans too; `on` is a field of every node.
        if scalar.string == "true" || scalar.string == "false" { return .bool(scalar.string == "true") }
        if let number = try? JSONValue(parsing: scalar.string), number.doubleValue != nil { return number }
        return .string(scalar.string)
    }
}

/// The YAML library compares keys by all that is in them: a key made of aliases could take for ever, before anything can be counted.
enum YAMLAliases {
    static func couldBeKeys(in bytes: [UInt8]) -> Bool {
        var hasAlias = false
        var hasKey = false
        for (index, byte) in bytes.enumerated() {
            let before = index > 0 ? bytes[index - 1] : UInt8(ascii: "\n")
            let after = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\n")
            switch byte {
            case UInt8(ascii: "*"): hasAlias = hasAlias || (isBreak(before) && !isSpace(after))
            // An explicit key.
            case UInt8(ascii: "?"): hasKey = hasKey || (isBreak(before) && isSpace(after))
            // After a bracket, or after a word that begins with a star.
            case UInt8(ascii: ":"): hasKey = hasKey || endsComplexKey(bytes[..<index])
            default: continue
            }
        }
        return hasAlias && hasKey
    }

    private static func isSpace(_ byte: UInt8) -> Bool { " \t\r\n".utf8.contains(byte) }
    private static func isBreak(_ byte: UInt8) -> Bool { " \t\r\n[{,:-?".utf8.contains(byte) }

    private static func endsComplexKey(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes.suffix(128)
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        guard let last = rest.last else { return false }
        if last == UInt8(ascii: "]") || last == UInt8(ascii: "}") { return true }
        while let last = rest.last, !isBreak(last) { rest.removeLast(); if last == UInt8(ascii: "*") { return true } }
        return false
    }
}
