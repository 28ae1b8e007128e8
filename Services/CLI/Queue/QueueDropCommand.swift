internal import ArgumentParser
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Redis
internal import ServiceKit

struct QueueDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "drop", abstract: "Remove one item for good.")

    @OptionGroup var options: QueueOptions
    @OptionGroup var actor: QueueActor

    @Argument(help: "As `provable queue ls` prints it.")
    var id: String

    @Option(help: "Why, for the security log.")
    var reason: String

    func validate() throws {
        guard (1...500).contains(reason.count) else { throw ValidationError("--reason has 1 to 500 characters") }
    }

    func run() async throws {
        try await options.run { stores in
            let item = try await QueueShowCommand.find(try QueueItem.ID.parse(id), stores)
            let isDropped = try await Self.drop(item, stores, reason: reason, by: actor.principal)
            QueueReplayCommand.say(isDropped ? [item.id] : [], options.json, isDropped ? "dropped \(item.id)" : "nothing to drop")
        }
    }

    private static let nobody = TenantID(rawValue: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))

    static func drop(_ item: QueueItem, _ stores: QueueStores, reason: String, by principal: String) async throws -> Bool {
        let outbox = try stores.outbox(of: item.service)
        switch item {
        case .message(let message): return try await outbox.drop(id: message.id, reason: reason, by: principal)
        case .wake(let letter):
            guard let streams = stores.streams else { return false }
            // One without a readable tenant is reported under nobody's.
            let report = OperatorReport(
                .dropped, tenant: TenantID(item.tenant) ?? nobody, principal: principal,
                detail: ["service": .string(item.service), "wake": .string(item.id), "reason": .string(reason)])
            do {
                return try await outbox.report(report) { try await streams.drop(stream: letter.stream, id: letter.entry.id) }
            } catch is OutboxOperator.NothingDone { return false }
        }
    }
}
