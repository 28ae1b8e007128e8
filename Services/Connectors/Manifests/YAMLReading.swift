internal import JSON
internal import Yams

/// Reads YAML as the JSON that it stands for. Duplicate keys and tags beyond JSON's kinds are refused.
enum YAMLReading {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static func json(_ yaml: [UInt8]) throws -> JSONValue {
        guard let text = String(validating: yaml, as: UTF8.self) else { throw Problem(description: "is not UTF-8") }
        guard let node = try compose(yaml: text) else { throw Problem(description: "is empty") }
        return try json(node)
    }

    private static func json(_ node: Node) throws -> JSONValue {
        switch node {
        case .scalar(let scalar): return try json(scalar, tag: node.tag)
        case .sequence(let sequence): return .array(try sequence.map(json))
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, value) in mapping {
                guard let name = key.scalar?.string else { throw Problem(description: "has a key that is no text") }
                object[name] = try json(value)
            }
            return .object(object)
        case .alias: throw Problem(description: "has an alias that leads nowhere")
        }
    }

    private static func json(_ scalar: Node.Scalar, tag: Tag) throws -> JSONValue {
        switch Tag.Name(rawValue: tag.description) {
        case .str: return .string(scalar.string)
        case .null: return .null
        case .bool:
            // YAML 1.1 would take `yes` and `off` for truth values; nobody means that.
            guard let flag = Bool(scalar.string) else { return .string(scalar.string) }
            return .bool(flag)
        case .int:
            guard let number = Int64(scalar.string) else { throw Problem(description: "\(scalar.string) is no plain whole number: quote it") }
            return .int(number)
        case .float:
            guard let number = Double(scalar.string), number.isFinite else {
                throw Problem(description: "\(scalar.string) is no plain number: quote it")
            }
            return .double(number)
        default: return .string(scalar.string)
        }
    }
}
