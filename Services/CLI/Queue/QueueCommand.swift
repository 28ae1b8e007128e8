internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc

/// `provable queue …`: messages that could not be delivered.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "See what waits between services, and mend what cannot be delivered.",
        discussion: """
            A message that its receiver refuses for good is parked in the sender's outbox (Postgres); a wake that no worker could handle goes to a \
            dead-letter stream (Redis). Replaying and dropping are written to the tenant's security log with the name of who did it.
            """,
        subcommands: [QueueListCommand.self, QueueShowCommand.self, QueueReplayCommand.self, QueueDropCommand.self])
}

struct QueueOptions: ParsableArguments {
    @Option(help: "The folder of a development platform. Not read where a URL is given.")
    var state = ".provable"

    @Option(
        help: """
            postgres://<service>_system:PASSWORD@HOST:PORT/provable_<service>, with ?sslrootcert=FILE for TLS; once per service. Better in \
            PROVABLE_QUEUE_POSTGRES, separated by spaces, where other users cannot see it.
            """)
    var postgres: [String] = []

    @Option(help: "redis://USER:PASSWORD@HOST:PORT, or rediss:// with ?sslrootcert=FILE. Better in PROVABLE_QUEUE_REDIS.")
    var redis: String?

    @Flag(help: "Print JSON.")
    var json = false

    /// Opens the stores, and turns every failure into a line that says what to do.
    func run(_ body: (QueueStores) async throws -> Void) async throws {
        let stores: QueueStores
        do { stores = try QueueStores(self, environment: ProcessInfo.processInfo.environment) } catch let failure as DevFailure {
            complain(failure.description)
            throw ExitCode.failure
        }
        do { try await body(stores) } catch {
            await stores.close()
            switch error {
            case let failure as DevFailure:
                complain(failure.description)
                throw ExitCode.failure
            default: throw error
            }
        }
        await stores.close()
    }
}

struct QueueActor: ParsableArguments {
    @Option(name: .customLong("as"), help: "Who does it, for the security log; by default the user of this machine.")
    var name: String?

    var principal: String {
        let user = name ?? getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "uid \(getuid())"
        return "operator:\(user.prefix(100))"
    }
}
