internal import ArgumentParser
internal import ConnectorManifests
internal import ConnectorsCore
internal import Foundation
internal import JSON
internal import Wire

struct PolicySchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "The Cedar schema of what connectors offer, and what a change of them does to policies.",
        subcommands: [PolicySchemaShowCommand.self, PolicySchemaCheckCommand.self, PolicySchemaChangesCommand.self],
        defaultSubcommand: PolicySchemaShowCommand.self)
}

struct PolicySchemaShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Write the schema to standard output, ready for --schema.")

    @OptionGroup var options: GovernanceOptions

    func run() async throws {
        let answer = try await options.ask { try await $0.getConnectorSchema(.init(), options: $1) }
        print(answer.schema, terminator: "")
        for reason in answer.omitted { FileHandle.standardError.write(Data("not typed: \(reason)\n".utf8)) }
    }
}

struct PolicySchemaCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Hold the policies in force against what connectors offer now.",
        discussion: "Exits with 1 where it finds something.")

    @OptionGroup var options: GovernanceOptions

    func run() async throws {
        let answer = try await options.ask { try await $0.getConnectorSchema(.init(), options: $1) }
        let own =
            answer.inForce ? "the policies in force were published with this schema" : "the policies in force were published with another schema"
        print("\(answer.operations) operations; \(own)")
        try SchemaText.show(answer.findings)
    }
}

struct PolicySchemaChangesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changes", abstract: "What another manifest of a connector would do to the policies in force.",
        discussion: "Exits with 1 where a policy would not be valid any more.")

    @OptionGroup var options: GovernanceOptions

    @Argument(help: "The manifest as it would be, in YAML.")
    var manifest: String?

    @Option(help: "Or the name of a connector that would go.")
    var without: String?

    func run() async throws {
        guard (manifest == nil) != (without == nil) else { throw ValidationError("give a manifest, or --without") }
        var request = PolicyGovernanceV1.CheckConnectorChangeRequest(connector: without ?? "")
        if let manifest {
            let read = try Self.read(manifest)
            request.connector = read.name
            request.version = read.version
            request.operations = read.operations.map { .init(name: $0.name, inputSchemaJSON: JSONValue.object($0.input.document).encoded()) }
        }
        let asked = request
        let answer = try await options.ask { try await $0.checkConnectorChange(asked, options: $1) }
        guard !answer.changes.isEmpty else { return print("policies see no difference") }
        for change in answer.changes { print("\(change.breaking ? "breaking" : "        ")  \(change.sentence)") }
        try SchemaText.show(answer.broken)
    }

    private static func read(_ path: String) throws -> ConnectorManifest {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { throw PolicyFailure("\(path) cannot be read") }
        do { return try ConnectorManifests.read(Array(bytes)) } catch { throw PolicyFailure("\(path): \(error)") }
    }
}

private enum SchemaText {
    /// In lines, bundle by bundle; where there is a problem the command fails.
    static func show(_ findings: [PolicyGovernanceV1.BundleFindings]) throws {
        for bundle in findings {
            let count = bundle.problems.count
            print("\(bundle.place) \(PolicyText.short(bundle.digest)) (\(bundle.name)): " + (count == 0 ? "nothing wrong" : "\(count) problems"))
            for problem in bundle.problems {
                let policy = problem.policyID.isEmpty ? "" : " [\(problem.policyID)]"
                print("  \(problem.source):\(problem.line):\(problem.column)\(policy): \(problem.message)")
                if !problem.fix.isEmpty { print("    fix: \(problem.fix)") }
            }
        }
        if findings.contains(where: { !$0.problems.isEmpty }) { throw ExitCode.failure }
    }
}
