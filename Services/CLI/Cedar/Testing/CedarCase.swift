internal import Cedar
internal import FoundationEssentials
internal import JSON

/// One case of Cedar's published integration tests: the files it names, read, and its requests.
struct CedarCase {
    /// Of the case's own file, below the root.
    let path: String
    let json: JSONValue
    /// As the files have them; that a text parses is for each check to say.
    let policyText: String
    let schemaText: String
    let entitiesJSON: JSONValue
    let requests: [JSONValue]

    /// `corpus-tests/ab12` for `corpus-tests/ab12.json`.
    var name: String { path.hasSuffix(".json") ? String(path.dropLast(5)) : path }

    /// Nil where the file is JSON but no case.
    init?(path: String, in root: CaseFolder) throws {
        json = try root.json(path)
        guard let policies = json["policies"]?.stringValue, let requests = json["requests"]?.arrayValue else { return nil }
        self.path = path
        self.requests = requests
        policyText = try root.text(policies)
        schemaText = try json["schema"]?.stringValue.map(root.text) ?? ""
        entitiesJSON = try json["entities"]?.stringValue.map(root.json) ?? []
    }
}

/// A folder of vectors. The paths within it are relative to it.
struct CaseFolder {
    let root: URL

    /// Of every JSON file that may be a case, in the order of their paths.
    func casePaths() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { path in
            path.hasSuffix(".json") && !path.hasSuffix("entities.json") && !path.hasSuffix("schema.json") && !path.hasSuffix(".validation.json")
        }.sorted()
    }

    func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: path))) }

    func text(_ path: String) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else { throw JSONError(reason: "\(path) is not valid UTF-8") }
        return text
    }

    func json(_ path: String) throws -> JSONValue { try JSONValue(parsing: bytes(path)) }

    /// What belongs to a case, under its name; nil where there is none.
    func document(of test: CedarCase, _ suffix: String) throws -> JSONValue? {
        let name = test.name.split(separator: "/").last.map(String.init) ?? test.name
        let path = name + suffix
        guard FileManager.default.fileExists(atPath: root.appending(path: path).path) else { return .none }
        return try json(path)
    }
}
