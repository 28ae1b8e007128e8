internal import ArgumentParser
internal import Cedar
internal import FoundationEssentials

/// `provable cedar format`: policies in Cedar's usual layout.
struct CedarFormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "format", abstract: "Lay policies out, with their comments.")

    @Option(name: .shortAndLong, help: "File with the policies; the standard input where it is not given.")
    var policies: String?

    @Option(name: .shortAndLong, help: "Columns of a line.")
    var lineWidth = 80

    @Option(name: .shortAndLong, help: "Columns of an indentation.")
    var indentWidth = 2

    @Flag(name: .shortAndLong, help: "Write the file instead of printing it.")
    var write = false

    @Flag(name: .shortAndLong, help: "Fail where the file is laid out otherwise.")
    var check = false

    func validate() throws {
        guard !(write && check) else { throw ValidationError("--write and --check exclude each other") }
        guard !write || policies != nil else { throw ValidationError("--write needs --policies") }
        guard (0...1000).contains(lineWidth), (0...40).contains(indentWidth) else { throw ValidationError("a width is out of range") }
    }

    func run() throws {
        let text = try CedarDocument.text(policies)
        let formatted = try PolicyFormatter.format(text, PolicyFormatter.Style(lineWidth: lineWidth, indentWidth: indentWidth))
        if write, let policies {
            try Data(formatted.utf8).write(to: URL(fileURLWithPath: policies))
        } else {
            print(formatted, terminator: "")
        }
        guard !check || formatted == text else { throw CedarExit.failure }
    }
}
