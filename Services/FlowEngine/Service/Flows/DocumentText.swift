internal import FlowEngineCore
internal import JSON
internal import Yams

/// A flow document as somebody typed it: JSON, or YAML's part that JSON can say.
enum DocumentText {
    static let sizeLimit = 1 << 20
    private static let nodeLimit = 100_000
    private static let depthLimit = 64

    struct Malformed: Error { var problem: FlowProblem }

    static func parse(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
        guard bytes.count <= sizeLimit else {
            throw Malformed(problem: FlowProblem(pointer: "", "the document is larger than 1 MiB", fix: "split the flow"))
        }
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "{") ? try json(bytes) : try yaml(bytes)
    }

    private static func json(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(size: sizeLimit, depth: depthLimit))
        } catch {
            throw Malformed(problem: FlowProblem(pointer: "", "this is no JSON: \(error)", fix: "correct it at that place"))
        }
    }

    private static func yaml(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw Malformed(problem: FlowProblem(pointer: "", "the text is not UTF-8", fix: "save it as UTF-8"))
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw Malformed(problem: FlowProblem(pointer: "", "the document is empty", fix: "begin with schema: \(FlowDocument.schema)"))
            }
            // Aliases share their node, so that a small text can be a large document: what they unfold to is counted.
            var budget = nodeLimit
            return try value(of: node, depth: 0, &budget)
        } catch let error as Malformed {
            throw error
        } catch {
            throw Malformed(problem: FlowProblem(pointer: "", "this is no YAML: \(error)", fix: "correct it at that place"))
        }
    }

    private static func value(of node: Node, depth: Int, _ budget: inout Int) throws(Malformed) -> JSONValue {
        budget -= 1
        guard budget > 0, depth <= depthLimit else {
            throw Malformed(
                problem: FlowProblem(pointer: "", "the document is too large or nested too deep", fix: "split the flow, and do without aliases"))
        }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, node)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for element in sequence { values.append(try value(of: element, depth: depth + 1, &budget)) }
            return .array(values)
        case .mapping(let mapping):
            var members = JSONObject()
            for (key, element) in mapping {
                guard let name = key.string else {
                    throw Malformed(problem: FlowProblem(pointer: "", "a key in the document is no text", fix: "write it in quotes"))
                }
                guard members[name] == nil else {
                    throw Malformed(problem: FlowProblem(pointer: "/\(name)", "the key '\(name)' stands twice", fix: "remove one of them"))
                }
                members[name] = try value(of: element, depth: depth + 1, &budget)
            }
            return .object(members)
        case .alias:
            throw Malformed(problem: FlowProblem(pointer: "", "an alias leads nowhere", fix: "write the value out"))
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
