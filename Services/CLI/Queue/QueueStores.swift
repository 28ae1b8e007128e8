internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import Redis
internal import ServiceKit

/// The outboxes of the services and the Redis between them.
struct QueueStores: Sendable {
    static let limit = 1_000

    let outboxes: [OutboxOperator]
    let streams: StreamOperator?
    private let pools: [PostgresPool]
    private let redis: RedisClient?

    init(_ options: QueueOptions, environment: [String: String]) throws {
        let urls = options.postgres + (environment["PROVABLE_QUEUE_POSTGRES"] ?? "").split(separator: " ").map(String.init)
        let redisURL = options.redis ?? environment["PROVABLE_QUEUE_REDIS"]
        if urls.isEmpty, redisURL == nil {
            self = try Self.development(options.state)
        } else {
            try self.init(
                try urls.map { try StoreURL($0, for: "--postgres").postgres() }, try redisURL.map { try StoreURL($0, for: "--redis").redis() })
        }
    }

    init(_ databases: [(ServiceName, PostgresConfiguration)], _ redis: RedisConfiguration?) throws {
        let silent = Logger(label: "queue") { _ in SwiftLogNoOpLogHandler() }
        let pools = try databases.map { try PostgresPool(configuration: $0.1, logger: silent) }
        self.pools = pools
        outboxes = zip(databases, pools).map { OutboxOperator(service: $0.0, pool: $1) }
        self.redis = redis.map { RedisClient(configuration: $0) }
        streams = self.redis.map { StreamOperator(redis: $0) }
    }

    private static func development(_ state: String) throws -> QueueStores {
        let layout = try DevLayout(state: state, checkout: "/", portOffset: 0)
        guard let text = layout.read("secrets.json"), let secrets = try? JSONValue(parsing: text) else {
            throw DevFailure(
                "\(layout.state) is no development platform: run `make up`, name its folder with --state, or give --postgres and --redis")
        }
        func secret(_ name: String) -> String { secrets[name]?.stringValue ?? "" }
        let databases = DevPorts.services.map { service in
            (
                service,
                PostgresConfiguration(
                    host: "127.0.0.1", port: layout.ports.postgres, database: "provable_\(service.databaseName)",
                    user: "\(service.databaseName)_system", password: secret(DevSecrets.database(service, "system")),
                    applicationName: "provable queue", maximumConnections: 1)
            )
        }
        return try QueueStores(
            databases,
            RedisConfiguration(
                host: "127.0.0.1", port: layout.ports.redis, user: "admin", password: secret(DevSecrets.redisAdministrator),
                clientName: "provable-queue"))
    }

    func close() async {
        for pool in pools { await pool.close() }
        await redis?.close()
    }

    /// Runs `body` for every outbox; one that is away is named, with what to look at.
    func each<T>(_ body: (OutboxOperator) async throws -> [T]) async throws -> [T] {
        var all: [T] = []
        for outbox in outboxes {
            do { all += try await body(outbox) } catch let error as PostgresError {
                throw DevFailure(
                    "the database of \(outbox.service) cannot be asked (\(error)): is it running and migrated? See `provable dev status`")
            }
        }
        return all
    }

    func inStreams<T>(_ body: (StreamOperator) async throws(RedisError) -> T) async throws -> T? {
        guard let streams else { return nil }
        do { return try await body(streams) } catch {
            throw DevFailure("Redis cannot be asked (\(error)): is it running, and may its user see all keys?")
        }
    }

    func outbox(of service: String) throws -> OutboxOperator {
        guard let outbox = outboxes.first(where: { $0.service.rawValue == service }) else {
            throw DevFailure("the database of \(service) is needed, where the report for the security log goes: give its --postgres URL too")
        }
        return outbox
    }
}
