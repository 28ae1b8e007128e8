internal import ArgumentParser
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Redis
internal import ServiceKit

struct QueueReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Let items be delivered again, behind what waits.",
        discussion: "The receiver knows a message by its id and takes it once, so that a repeated replay does no harm.")

    @OptionGroup var options: QueueOptions
    @OptionGroup var actor: QueueActor

    @Argument(help: "As `provable queue ls` prints it.")
    var id: String?

    @Flag(help: "All that --destination selects.")
    var all = false

    @Option(help: "With --all: the destination as `provable queue ls` prints it.")
    var destination: String?

    func validate() throws {
        guard (id != nil) != all else { throw ValidationError("give one id, or --all with --destination") }
        guard all == (destination != nil) else { throw ValidationError("--all and --destination go together") }
    }

    func run() async throws {
        try await options.run { stores in
            var replayed: [String] = []
            if let destination {
                for item in try await QueueListCommand.items(stores) where item.destination == destination {
                    if try await Self.replay(item, stores, by: actor.principal) { replayed.append(item.id) }
                }
            } else if let id {
                let parsed = try QueueItem.ID.parse(id)
                // Twice is as good as once.
                if case .message(let uuid) = parsed, try await !stores.each({ try await $0.isPending(id: uuid) ? [true] : [] }).isEmpty {
                    return Self.say([], options.json, "\(id) waits to be sent already")
                }
                if try await Self.replay(try await QueueShowCommand.find(parsed, stores), stores, by: actor.principal) { replayed.append(id) }
            }
            Self.say(replayed, options.json, replayed.isEmpty ? "nothing to replay" : "replayed \(replayed.count)")
        }
    }

    static func replay(_ item: QueueItem, _ stores: QueueStores, by principal: String) async throws -> Bool {
        let outbox = try stores.outbox(of: item.service)
        switch item {
        case .message(let message): return try await !outbox.replay(ids: [message.id], by: principal).isEmpty
        case .wake(let letter):
            guard let tenant = TenantID(item.tenant) else { throw DevFailure("\(item.id) names no tenant: drop it") }
            guard let streams = stores.streams else { return false }
            let report = OperatorReport(
                .replayed, tenant: tenant, principal: principal, detail: ["service": .string(item.service), "wake": .string(item.id)])
            do {
                return try await outbox.report(report) { try await streams.replay(stream: letter.stream, id: letter.entry.id) }
            } catch is OutboxOperator.NothingDone { return false }
        }
    }

    static func say(_ ids: [String], _ asJSON: Bool, _ text: String) {
        print(asJSON ? JSONValue.object(["changed": .array(ids.map { .string($0) })]).encodedString() : text)
    }
}
