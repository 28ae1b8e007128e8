internal import ArgumentParser
internal import Cedar

/// `provable cedar validate`: policies against a schema.
struct CedarValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Hold policies against a schema: what they name, whether they can err, whether they can apply.",
        discussion: "Exits with 0 where the policies are valid and with 3 where they are not.")

    enum Mode: String, ExpressibleByArgument, CaseIterable {
        case strict, permissive

        var validation: ValidationMode { self == .strict ? .strict : .permissive }
    }

    @OptionGroup var policies: PolicyArguments

    @Option(name: .shortAndLong, help: "File with the schema.")
    var schema: String

    @Option(help: "Format of the schema.")
    var schemaFormat: SchemaFormat = .cedar

    @Option(help: "How exact types must agree: strict or permissive.")
    var validationMode: Mode = .strict

    @Option(help: "How many entities after each other a policy may look into.")
    var level: UInt32?

    @Flag(help: "Fail on warnings as well.")
    var denyWarnings = false

    func run() throws {
        let validator = PolicyValidator(try schemaFormat.schema(at: schema), mode: validationMode.validation, level: level.map(Int.init))
        let result = validator.validate(try policies.policySet())
        for finding in result.findings { print(finding) }
        let fails = !result.isValid || (denyWarnings && !result.warnings.isEmpty)
        print("policy set validation \(fails ? "failed" : "passed")")
        if fails { throw CedarExit.invalid }
    }
}
