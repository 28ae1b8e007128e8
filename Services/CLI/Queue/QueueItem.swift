internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Redis
internal import ServiceKit

/// One thing that could not be delivered, from wherever it stands.
enum QueueItem {
    case message(ParkedMessage)
    case wake(StreamOperator.DeadLetter)

    /// What a person types: a message's UUID, or a wake's stream and entry.
    enum ID: Equatable {
        case message(UUID)
        case wake(stream: String, entry: String)

        init?(_ text: String) {
            if let id = UUID(uuidString: text) {
                self = .message(id)
            } else if let slash = text.lastIndex(of: "/"), text[text.index(after: slash)...].contains("-"), slash != text.startIndex {
                self = .wake(stream: String(text[..<slash]), entry: String(text[text.index(after: slash)...]))
            } else {
                return nil
            }
        }

        static func parse(_ text: String) throws -> ID {
            guard let id = ID(text) else { throw DevFailure("\(text) is no id: take one from the first column of `provable queue ls`") }
            return id
        }
    }

    var id: String {
        switch self {
        case .message(let message): message.id.lowercased
        case .wake(let letter): "\(letter.stream)/\(letter.entry.id)"
        }
    }

    var service: String {
        switch self {
        case .message(let message): message.service.rawValue
        case .wake(let letter): Self.service(ofStream: letter.stream)
        }
    }

    /// `{platform}:flow-engine:runs` belongs to flow-engine.
    static func service(ofStream name: String) -> String { name.split(separator: ":").dropFirst().first.map(String.init) ?? "" }

    var tenant: String {
        switch self {
        case .message(let message): message.tenant.description
        case .wake(let letter): letter.entry.fields["tenant"] ?? "?"
        }
    }

    var destination: String {
        switch self {
        case .message(let message): message.destination
        case .wake(let letter): letter.stream
        }
    }

    var attempts: Int {
        switch self {
        case .message(let message): message.attempts
        case .wake(let letter): letter.entry.fields["attempts"].flatMap { Int($0) } ?? 0
        }
    }

    var lastError: String {
        switch self {
        case .message(let message): message.lastError ?? ""
        case .wake(let letter): letter.entry.fields["error"] ?? "no consumer acknowledged it"
        }
    }

    /// When it was made.
    var created: Date {
        switch self {
        case .message(let message): message.createdAt
        case .wake(let letter):
            // An entry's id begins with the server's milliseconds.
            Date(timeIntervalSince1970: Double((letter.entry.fields["origin"] ?? letter.entry.id).prefix { $0 != "-" }).map { $0 / 1_000 } ?? 0)
        }
    }

    /// Everything but the payload, in the order in which it is shown.
    var fields: [(String, JSONValue)] {
        var fields: [(String, JSONValue)] = [
            ("id", .string(id)), ("service", .string(service)), ("tenant", .string(tenant)), ("destination", .string(destination)),
        ]
        switch self {
        case .message(let message):
            fields += [
                ("method", .string(message.method)), ("principal", message.principal.map { .string($0) } ?? .null),
                ("traceparent", message.traceparent.map { .string($0) } ?? .null), ("created_at", .string(message.createdAt.formatted(.iso8601))),
                ("parked_at", .string(message.parkedAt.formatted(.iso8601))), ("payload_bytes", .int(Int64(message.payloadBytes))),
                ("payload_sha256", .string(message.payloadDigest)),
            ]
        case .wake(let letter):
            fields += [
                ("subject", .string(letter.entry.fields["id"] ?? "?")), ("origin", .string(letter.entry.fields["origin"] ?? "?")),
                ("created_at", .string(created.formatted(.iso8601))),
            ]
        }
        return fields + [("attempts", .int(Int64(attempts))), ("last_error", .string(lastError))]
    }

    var json: JSONValue { .object(JSONObject(fields.map { ($0.0, $0.1) })) }
}
