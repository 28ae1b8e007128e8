internal import ArgumentParser
internal import Cedar
internal import JSON

/// `provable cedar translate`: policies as text to policies as JSON, or back.
struct CedarTranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate", abstract: "Translate policies between Cedar's text and its JSON.", aliases: ["translate-policy"])

    enum Direction: String, ExpressibleByArgument, CaseIterable {
        case cedarToJSON = "cedar-to-json"
        case jsonToCedar = "json-to-cedar"
    }

    @Option(help: "Which way.")
    var direction: Direction

    @Option(name: .shortAndLong, help: "File with the policies; the standard input where it is not given.")
    var policies: String?

    func run() throws {
        switch direction {
        case .cedarToJSON: print(try PolicySet(parsing: CedarDocument.text(policies)).json().encodedString())
        case .jsonToCedar: print(try PolicySet(json: CedarDocument.json(policies)).description)
        }
    }
}
