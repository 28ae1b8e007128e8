internal import ArgumentParser
internal import FlowEngineCore
internal import FlowImporting
internal import JSON
internal import Trust

/// `provable flow diff A B`: what changes about the meaning.
struct FlowDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two flow documents by their meaning.",
        discussion: "Order of members, formatting and layout mean nothing. Succeeds whether or not they differ; fails where one is no flow document.")

    @Argument(help: "The earlier document.")
    var before: String

    @Argument(help: "The later document.")
    var after: String

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func run() throws {
        let (first, second) = (try Self.document(before), try Self.document(after))
        let changes = FlowDifference.changes(from: first, to: second)
        let (a, b) = (try FlowDocument.versionID(of: first).hex, try FlowDocument.versionID(of: second).hex)
        guard !json else {
            let list = changes.map { change -> JSONValue in
                [
                    "kind": .string(change.kind.rawValue), "node": .string(change.node), "path": .string(change.path),
                    "before": change.before ?? .null, "after": change.after ?? .null,
                ]
            }
            print(JSONValue.object(["before": .string(a), "after": .string(b), "changes": .array(list)]).encodedString())
            return
        }
        print("before \(a)")
        print("after  \(b)")
        for change in changes { print(change) }
        if changes.isEmpty { print(first["layout"] == second["layout"] ? "no change" : "no change of meaning: only the layout differs") }
    }

    private static func document(_ path: String) throws -> JSONValue {
        let value = try FlowFile(path).source().value
        guard value["schema"]?.stringValue == FlowDocument.schema, value["nodes"]?.arrayValue != nil else {
            throw FlowFault("\(path): this is no flow document; it begins with \"schema\": \"\(FlowDocument.schema)\"")
        }
        return value
    }
}
