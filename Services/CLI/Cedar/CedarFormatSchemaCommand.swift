internal import ArgumentParser
internal import Cedar
internal import FoundationEssentials

/// `provable cedar format-schema`: a schema in its usual layout.
struct CedarFormatSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "format-schema", abstract: "Lay a schema out, with its comments.")

    @Option(name: .shortAndLong, help: "File with the schema; the standard input where it is not given.")
    var schema: String?

    @Option(name: .shortAndLong, help: "Columns of an indentation.")
    var indentWidth = 2

    @Flag(name: .shortAndLong, help: "Write the file instead of printing it.")
    var write = false

    @Flag(name: .shortAndLong, help: "Fail where the file is laid out otherwise.")
    var check = false

    func validate() throws {
        guard !(write && check) else { throw ArgumentParser.ValidationError("--write and --check exclude each other") }
        guard !write || schema != nil else { throw ArgumentParser.ValidationError("--write needs --schema") }
        guard (0...40).contains(indentWidth) else { throw ArgumentParser.ValidationError("the width is out of range") }
    }

    func run() throws {
        let text = try CedarDocument.text(schema)
        let width = indentWidth
        let formatted = try SchemaFormat.telling(schema) { () throws(SchemaError) in try SchemaFormatter.format(text, indentWidth: width) }
        if write, let schema {
            try Data(formatted.utf8).write(to: URL(fileURLWithPath: schema))
        } else {
            print(formatted, terminator: "")
        }
        guard !check || formatted == text else { throw CedarExit.failure }
    }
}
