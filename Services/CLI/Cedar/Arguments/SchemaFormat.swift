internal import ArgumentParser
internal import Cedar
internal import JSON

/// Which of its two syntaxes a schema is written in.
enum SchemaFormat: String, ExpressibleByArgument, CaseIterable {
    case cedar, json

    func schema(at path: String?) throws -> Schema {
        let text = try CedarDocument.text(path)
        return try Self.telling(path) { () throws(SchemaError) in try read(text) }
    }

    func fragment(at path: String?) throws -> SchemaFragment {
        let text = try CedarDocument.text(path)
        return try Self.telling(path) { () throws(SchemaError) in
            switch self {
            case .cedar: try SchemaFragment(parsing: text)
            case .json: try SchemaFragment(parsingJSON: text)
            }
        }
    }

    func read(_ text: String) throws(SchemaError) -> Schema {
        switch self {
        case .cedar: try Schema(parsing: text)
        case .json: try Schema(parsingJSON: text)
        }
    }

    /// Runs `body` and tells each of its faults with the name of the file.
    static func telling<T>(_ path: String?, _ body: () throws(SchemaError) -> T) throws -> T {
        do throws(SchemaError) {
            return try body()
        } catch {
            throw CedarFailure(error.faults.map { "\(path ?? "the input"): \($0)" }.joined(separator: "\n"))
        }
    }
}
