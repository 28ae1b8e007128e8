internal import ArgumentParser
internal import Identity

/// `provable migrate …`: the schemas of all services. Each service's executable knows its own; this asks them.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Show the schemas of the services and bring them up to date.",
        discussion: """
            Steps are numbered, run forward only, each in a transaction, and are known by the checksum of their text. Two runs at once are \
            safe: the second waits. A schema that a newer build has made, or of which a step was changed, is refused.
            """,
        subcommands: [MigrateStatusCommand.self, MigrateUpCommand.self])
}

struct MigrateOptions: ParsableArguments {
    @Option(help: "The folder of a platform on this machine, with its configuration and secrets.")
    var state: String?

    @Option(help: "A folder of configurations, <service>.json each; the owner's password comes from PROVABLE_POSTGRES_OWNER_PASSWORD.")
    var configs: String?

    @Option(help: "Only this service; may be repeated.")
    var service: [String] = []

    func validate() throws {
        guard state == nil || configs == nil else { throw ValidationError("Say either --state or --configs.") }
        let known = DevPorts.services.map(\.rawValue)
        for name in service where !known.contains(name) {
            throw ValidationError("\(name) is no service; there are \(known.joined(separator: ", ")).")
        }
    }

    func schemas() throws -> [ServiceSchema] {
        let wanted = DevPorts.services.filter { service.isEmpty || service.contains($0.rawValue) }
        if let configs {
            return try wanted.map { try ServiceSchema(service: $0, config: "\(configs)/\($0).json", password: nil) }
        }
        let layout = try DevLayout(state: state ?? ".provable", checkout: nil, portOffset: 0)
        guard layout.exists else { throw DevFailure("\(layout.state) does not exist: say where the platform's state is with --state") }
        let secrets = try DevSecrets(layout)
        return try wanted.map {
            try ServiceSchema(service: $0, config: layout.config($0), password: secrets[DevSecrets.database($0, "owner")])
        }
    }
}

struct MigrateStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every step and whether it was run; 2 where some were not, 1 where a schema is refused.")

    @OptionGroup var options: MigrateOptions

    func run() async throws {
        do {
            var steps: [ServiceSchema.Step] = []
            for schema in try options.schemas() { steps += try await schema.steps() }
            print(SchemaTable.text(steps))
            if steps.contains(where: { $0.state == "differs" || $0.state == "unknown" }) { throw ExitCode.failure }
            if steps.contains(where: { $0.state == "pending" }) { throw ExitCode(2) }
        } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
    }
}

struct MigrateUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "up", abstract: "Run what was not run yet; safe to repeat.")

    @OptionGroup var options: MigrateOptions

    func run() async throws {
        do {
            for schema in try options.schemas() { print("\(schema.service): \(try await schema.migrate())") }
        } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
    }
}
