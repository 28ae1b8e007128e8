internal import ArgumentParser
internal import Cedar
internal import JSON

/// `provable cedar translate-schema`: a schema in one of its syntaxes to the other.
struct CedarTranslateSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate-schema", abstract: "Translate a schema between Cedar's syntax and its JSON.")

    enum Direction: String, ExpressibleByArgument, CaseIterable {
        case cedarToJSON = "cedar-to-json"
        case cedarToResolvedJSON = "cedar-to-json-with-resolved-types"
        case jsonToCedar = "json-to-cedar"
    }

    @Option(help: "Which way; with resolved types each name says whether it is an entity's or a common type's.")
    var direction: Direction

    @Option(name: .shortAndLong, help: "File with the schema; the standard input where it is not given.")
    var schema: String?

    func run() throws {
        switch direction {
        case .cedarToJSON: print(try SchemaFormat.cedar.fragment(at: schema).json.encodedString())
        case .cedarToResolvedJSON:
            let fragment = try SchemaFormat.cedar.fragment(at: schema)
            print(try SchemaFormat.telling(schema) { () throws(SchemaError) in try fragment.resolvingNames() }.json.encodedString())
        case .jsonToCedar:
            let fragment = try SchemaFormat.json.fragment(at: schema)
            print(try SchemaFormat.telling(schema) { () throws(SchemaError) in try fragment.cedarText() }, terminator: "")
        }
    }
}
