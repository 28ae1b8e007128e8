internal import ArgumentParser
internal import FoundationEssentials
internal import JSON
internal import Redis
internal import ServiceKit

struct QueueShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all about one item but its payload, of which the size and the digest.")

    @OptionGroup var options: QueueOptions

    @Argument(help: "As `provable queue ls` prints it.")
    var id: String

    func run() async throws {
        try await options.run { stores in
            let item = try await Self.find(try QueueItem.ID.parse(id), stores)
            guard !options.json else { return print(item.json.encodedString()) }
            for (name, value) in item.fields {
                let text = value.stringValue ?? (value == .null ? "-" : value.encodedString())
                print(name + String(repeating: " ", count: max(1, 16 - name.count)) + text)
            }
        }
    }

    static func find(_ id: QueueItem.ID, _ stores: QueueStores) async throws -> QueueItem {
        switch id {
        case .message(let id):
            if let message = try await stores.each({ try await $0.parked(id: id).map { [$0] } ?? [] }).first { return .message(message) }
            if let service = try await stores.each({ try await $0.isPending(id: id) ? [$0.service] : [] }).first {
                throw DevFailure("\(id.uuidString.lowercased()) is not parked: it waits in the outbox of \(service) and is sent by itself")
            }
            throw DevFailure("no outbox has \(id.uuidString.lowercased()): it was delivered or dropped")
        case .wake(let stream, let entry):
            guard stores.streams != nil else { throw DevFailure("\(stream)/\(entry) is in Redis: give its --redis URL too") }
            if let letter = try await stores.inStreams({ redis throws(RedisError) in try await redis.deadLetter(stream: stream, id: entry) }) ?? nil {
                return .wake(letter)
            }
            throw DevFailure("\(stream) has no dead letter \(entry): it was replayed or dropped, or Redis lost it, which the sweepers make good")
        }
    }
}
