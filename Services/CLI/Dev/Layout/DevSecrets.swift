internal import Identity
internal import JSON
internal import Trust

/// Passwords and keys that were drawn once for this platform.
struct DevSecrets: Sendable {
    private var values: JSONObject

    static let postgresAdministrator = "postgres_administrator"
    static let redisAdministrator = "redis_administrator"

    static func database(_ service: ServiceName, _ role: String) -> String { "\(service.databaseName)_\(role)" }
    static func redis(_ service: ServiceName) -> String { "\(service.databaseName)_redis" }

    /// Draws what is missing and keeps the rest.
    init(_ layout: DevLayout) throws {
        values = layout.read("secrets.json").flatMap { try? JSONValue(parsing: $0).objectValue } ?? [:]
        var names = [Self.postgresAdministrator, Self.redisAdministrator]
        for service in DevPorts.services {
            names += ["owner", "app", "system"].map { Self.database(service, $0) } + [Self.redis(service)]
        }
        let missing = names.filter { values[$0] == nil }
        // Hexadecimal needs no quoting anywhere: SQL, JSON, ACL files, URLs.
        for name in missing { values[name] = .string(Hexadecimal.encode(SecureRandom.bytes(24))) }
        if !missing.isEmpty { try layout.write(JSONValue.object(values).encodedString() + "\n", to: "secrets.json") }
        for name in ["ledger.kek", "connectors.kek", "policy.kek"] where layout.read("keys/\(name)") == nil {
            try layout.write(Hexadecimal.encode(SecureRandom.bytes(32)) + "\n", to: "keys/\(name)")
        }
    }

    subscript(name: String) -> String { values[name]?.stringValue ?? "" }
}
