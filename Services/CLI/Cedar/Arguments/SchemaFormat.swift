internal import ArgumentParser
internal import Cedar
internal import JSON

/// Which of its two syntaxes a schema is written in.
enum SchemaFormat: String, ExpressibleByArgument, CaseIterable {
    case cedar, json

    func schema(at path: String?) throws -> Schema { try named(path) { try read($0) } }

    func fragment(at path: String?) throws -> SchemaFragment {
        try named(path) { text in
            switch self {
            case .cedar: try SchemaFragment(parsing: text)
            case .json: try SchemaFragment(parsingJSON: text)
            }
        }
    }

    func read(_ text: String) throws -> Schema {
        switch self {
        case .cedar: try Schema(parsing: text)
        case .json: try Schema(parsingJSON: text)
        }
    }

    private func named<T>(_ path: String?, _ body: (String) throws -> T) throws -> T {
        let text = try CedarDocument.text(path)
        do {
            return try body(text)
        } catch let error as SchemaError {
            throw CedarFailure(error.faults.map { "\(path ?? "the input"): \($0)" }.joined(separator: "\n"))
        }
    }
}
