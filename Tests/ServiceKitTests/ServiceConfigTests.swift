import Identity
import JSON
import Logging
import Postgres
import Testing

@testable import ServiceKit

@Suite struct ServiceConfigTests {
    static let complete: JSONValue = [
        "service": ["log_level": "debug"], "rpc": ["port": 7104], "health": ["port": 7204],
        "tls": ["certificate": "/c", "key": "/k", "authority": "/a"],
        "postgres": ["port": 15432, "app_password": "hunter2", "system_password": "hunter3"],
        "redis": ["port": 16379, "user": "ledger", "password": "hunter4"],
        "peers": ["policy": "127.0.0.1:7103"], "keys": ["signing_key": "/s"], "settings": ["batch": 12, "api_key": "hunter5"],
    ]

    @Test func aCompleteFileIsRead() throws {
        let config = try ServiceConfig(service: .ledger, file: Self.complete, environment: [:])
        #expect(config.rpc.port == 7104)
        #expect(config.instance.logLevel == .debug)
        #expect(config.postgres.user == "ledger_app")
        #expect(config.postgres.database == "provable_ledger")
        #expect(config.systemPostgres.user == "ledger_system")
        #expect(config.ownerPostgres == nil)
        #expect(config.peers[.policy] == .init(host: "127.0.0.1", port: 7103))
        #expect(try config.settings.int("batch") == 12)
    }

    @Test func theEnvironmentIsLaidOverTheFile() throws {
        let config = try ServiceConfig(
            service: .flowEngine, file: Self.complete,
            environment: [
                "PROVABLE_POSTGRES_PORT": "5555", "PROVABLE_POSTGRES_OWNER_PASSWORD": "x", "PROVABLE_SETTINGS_BATCH": "13",
                "PROVABLE_PEERS_FLOW_ENGINE": "flow:1",
            ])
        #expect(config.postgres.port == 5555)
        #expect(config.ownerPostgres?.user == "flow_engine_owner")
        #expect(try config.settings.int("batch") == 13)
        #expect(config.peers[.flowEngine] == .init(host: "flow", port: 1))
    }

    @Test func allProblemsAreReportedAtOnce() throws {
        let file: JSONValue = [
            "rpc": ["port": "many"], "health": ["port": 70000], "service": ["log_level": "loud"], "tls": ["certificate": 1],
            "postgres": ["app_pasword": "x"], "peers": ["policy": "nowhere"], "speed": [:],
        ]
        let problems = try #require(throws: ConfigError.self) { try ServiceConfig(service: .ledger, file: file, environment: [:]) }.problems
        #expect(
            Set(problems) == [
                "rpc.port must be a whole number from 0 to 65535", "health.port must be a whole number from 0 to 65535",
                "service.log_level must be one of trace, debug, info, notice, warning, error, critical",
                "tls.certificate must be a text that is not empty", "tls.key is missing", "tls.authority is missing",
                "postgres.app_password is missing", "postgres.system_password is missing", "postgres.app_pasword is not a known key",
                "peers.policy must be host:port", "keys.signing_key is missing", "speed is not a known section",
            ])
    }

    @Test func whatIsPrintedHoldsNoSecret() throws {
        let text = try ServiceConfig(service: .ledger, file: Self.complete, environment: [:]).redacted.encodedString()
        #expect(!text.contains("hunter"))
        #expect(text.contains(#""signing_key":"/s""#))
        #expect(text.contains(#""app_password":"<redacted>""#))
    }

    @Test func theCommandLineIsRead() throws {
        #expect(try LaunchOptions(arguments: ["--config", "f", "--migrate"]).action == .migrate)
        #expect(try LaunchOptions(arguments: ["--config", "f"]).configPath == "f")
        #expect(throws: ConfigError.self) { try LaunchOptions(arguments: ["--config"]) }
        #expect(throws: ConfigError.self) { try LaunchOptions(arguments: ["--fast"]) }
    }
}
