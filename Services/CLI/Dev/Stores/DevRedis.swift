internal import FoundationEssentials
internal import Glibc
internal import Identity
internal import Redis

/// A Redis of this platform alone: one user per service, nothing kept on disk, loopback only.
struct DevRedis {
    static let name = "redis"

    let layout: DevLayout
    let secrets: DevSecrets
    let table: ProcessTable

    func start() async throws {
        guard table.running(Self.name) == nil else { return }
        try layout.write(users, to: "redis.acl")
        try layout.write(
            """
            bind 127.0.0.1
            port \(layout.ports.redis)
            protected-mode yes
            daemonize no
            save ""
            appendonly no
            dir \(layout.state)
            aclfile \(layout.path("redis.acl"))
            maxmemory 256mb
            maxmemory-policy volatile-lru

            """, to: "redis.conf")
        try table.start(Self.name, ["redis-server", layout.path("redis.conf")])
        let client = RedisClient(configuration: administrator)
        let deadline = ContinuousClock.now + .seconds(15)
        while await !client.isReachable() {
            guard table.running(Self.name) != nil else { throw DevFailure("Redis ended at once: \(table.lastLogLine(Self.name))") }
            guard ContinuousClock.now < deadline else { throw DevFailure("Redis does not answer; its log is \(layout.log(Self.name))") }
            try await Task.sleep(for: .milliseconds(50))
        }
        await client.close()
    }

    func stop() async throws -> Bool { try await table.stop(Self.name) }

    private var administrator: RedisConfiguration {
        RedisConfiguration(host: "127.0.0.1", port: layout.ports.redis, user: "admin", password: secrets[DevSecrets.redisAdministrator])
    }

    /// A service reaches keys of its own, of any tenant, with the commands that streams, scripts and plain values need, and none that looks
    /// at or changes the server.
    private var users: String {
        let services = DevPorts.services.map { Self.user($0.rawValue, password: secrets[DevSecrets.redis($0)]) }
        return (["user default off", "user admin on >\(secrets[DevSecrets.redisAdministrator]) ~* &* +@all"] + services).joined(separator: "\n")
            + "\n"
    }

    static func user(_ service: String, password: String) -> String {
        "user \(service) on >\(password) ~{*}:\(service):* resetchannels -@all +@connection +@stream +@scripting +@hash +@string "
            + "+del +exists +expire +pexpire +time -@admin -@dangerous"
    }
}
