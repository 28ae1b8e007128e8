internal import ArgumentParser
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Redis
internal import ServiceKit

struct QueueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List outboxes, streams, and what could not be delivered.",
        discussion: "Shows at most \(QueueStores.limit) items per store, the oldest first.")

    @OptionGroup var options: QueueOptions

    func run() async throws {
        try await options.run { stores in
            let depths = try await stores.each { try await $0.depths() }
            let groups = try await stores.inStreams { redis throws(RedisError) in try await redis.groups() } ?? []
            let items = try await Self.items(stores)
            print(options.json ? Self.json(depths, groups, items).encodedString() : Self.text(depths, groups, items, now: Date()))
        }
    }

    static func items(_ stores: QueueStores) async throws -> [QueueItem] {
        let messages = try await stores.each { try await $0.parked(limit: QueueStores.limit) }
        let letters = try await stores.inStreams { redis throws(RedisError) in try await redis.deadLetters(limit: QueueStores.limit) } ?? []
        return messages.map { .message($0) } + letters.map { .wake($0) }
    }

    static func text(_ depths: [OutboxDepth], _ groups: [StreamOperator.Group], _ items: [QueueItem], now: Date) -> String {
        var parts: [String] = []
        if !depths.isEmpty {
            var table = QueueTable(header: ["OUTBOX", "DESTINATION", "PENDING", "PARKED", "OLDEST"])
            table.rows = depths.map {
                [$0.service.rawValue, $0.destination, "\($0.pending)", "\($0.parked)", $0.pending > 0 ? QueueTable.age($0.oldestSeconds) : "-"]
            }
            parts.append(table.text)
        }
        if !groups.isEmpty {
            var table = QueueTable(header: ["STREAM", "GROUP", "LENGTH", "CONSUMERS", "PENDING", "WAITING", "DEAD"])
            table.rows = groups.map {
                [$0.stream, $0.name, "\($0.length)", "\($0.consumers)", "\($0.pending)", $0.lag.map { "\($0)" } ?? "?", "\($0.dead)"]
            }
            parts.append(table.text)
        }
        var table = QueueTable(header: ["ID", "SERVICE", "TENANT", "DESTINATION", "ATTEMPTS", "AGE", "LAST ERROR"])
        table.rows = items.map {
            [
                $0.id, $0.service, $0.tenant, $0.destination, "\($0.attempts)", QueueTable.age(now.timeIntervalSince($0.created)),
                QueueTable.line($0.lastError),
            ]
        }
        parts.append(items.isEmpty ? "nothing is parked or dead" : table.text)
        return parts.joined(separator: "\n\n")
    }

    static func json(_ depths: [OutboxDepth], _ groups: [StreamOperator.Group], _ items: [QueueItem]) -> JSONValue {
        [
            "outboxes": .array(
                depths.map {
                    [
                        "service": .string($0.service.rawValue), "destination": .string($0.destination), "pending": .int($0.pending),
                        "parked": .int($0.parked), "oldest_seconds": .int(Int64($0.oldestSeconds)),
                    ]
                }),
            "streams": .array(
                groups.map {
                    [
                        "stream": .string($0.stream), "group": .string($0.name), "length": .int($0.length), "consumers": .int($0.consumers),
                        "pending": .int($0.pending), "waiting": $0.lag.map { .int($0) } ?? .null, "dead": .int($0.dead),
                    ]
                }),
            "items": .array(items.map(\.json)),
        ]
    }
}
