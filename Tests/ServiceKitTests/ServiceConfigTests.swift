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

    /// A key, what is wrong with it, where the value was found, and what to do, for each problem and all at once.
    @Test func allProblemsAreReportedAtOnce() throws {
        let file: JSONValue = [
            "rpc": ["port": "many"], "health": ["port": 70000], "service": ["log_level": "inof"], "tls": ["certificate": 1],
            "postgres": ["app_pasword": "hunter2", "max_connections": 0], "peers": ["policy": "nowhere"], "speed": [:],
        ]
        let environment = [
            "PROVABLE_POSTGRES_MAX_CONNECTIONS": "0", "PROVABLE_POSTGRES_PROT": "1", "PROVABLE_TELEMETRY_OTLP_ENDPOINT": "collector",
            "PROVABLE_HTTP_PORT": "8080",
        ]
        let problems = try #require(throws: ConfigError.self) {
            try ServiceConfig(service: .ledger, file: file, environment: environment)
        }.problems
        func missing(_ section: String, _ key: String) -> String {
            let variable = "PROVABLE_\(section)_\(key)".uppercased()
            return #"\#(section).\#(key) is missing; set it in the file under "\#(section)", or as \#(variable)"#
        }
        let expected = [
            "rpc.port must be a whole number from 0 to 65535; the file has many; give one",
            "health.port must be a whole number from 0 to 65535; the file has 70000; give one",
            "service.log_level must be one of trace, debug, info, notice, warning, error, critical; the file has inof; did you mean info?",
            "tls.certificate must be a text that is not empty; the file has 1; put it in quotes, or take the key away",
            missing("tls", "key"), missing("tls", "authority"), missing("postgres", "app_password"), missing("postgres", "system_password"),
            missing("keys", "signing_key"),
            "postgres.app_pasword is not a known key; the file has <redacted>; did you mean app_password?",
            "postgres.max_connections must be a whole number from 1 to 500; PROVABLE_POSTGRES_MAX_CONNECTIONS has 0; give one",
            "peers.policy must be host:port; the file has nowhere; for example policy.internal:7100",
            "telemetry.otlp_endpoint must be an http or https URL; PROVABLE_TELEMETRY_OTLP_ENDPOINT has collector; for example http://collector:4318",
            "PROVABLE_POSTGRES_PROT is set in the environment and names no key; did you mean PROVABLE_POSTGRES_PORT?",
        ]
        #expect(Set(expected).subtracting(problems) == [])
        #expect(problems.filter { !expected.contains($0) }.map { $0.prefix(31) } == ["speed is not a known section; ta"].map { $0.prefix(31) })
    }

    @Test func whatIsPrintedSaysWhereEachValueIsFromAndHoldsNoSecret() throws {
        let environment = ["PROVABLE_POSTGRES_OWNER_PASSWORD": "hunter6", "PROVABLE_RPC_HOST": "0.0.0.0"]
        let config = try ServiceConfig(service: .ledger, file: Self.complete, environment: environment)
        let text = config.listing.description
        #expect(!text.contains("hunter"))
        let lines = text.split(separator: "\n").map { $0.split(whereSeparator: { $0 == " " }).joined(separator: " ") }
        #expect(lines == lines.sorted())
        for line in [
            "keys.signing_key /s the file", "postgres.app_password <redacted> the file", "settings.api_key <redacted> the file",
            "postgres.owner_password <redacted> PROVABLE_POSTGRES_OWNER_PASSWORD", "rpc.host 0.0.0.0 PROVABLE_RPC_HOST",
            "postgres.max_connections 8 the default", "shutdown.pre_stop_ms 2000 the default", "settings.batch 12 the file",
        ] { #expect(lines.contains(line), "\(line)") }
    }

    @Test func aPasswordInAnAddressIsNotShown() {
        let shown = ConfigRedaction.redacted("https://otel:hunter2@collector:4318/x", under: "otlp_endpoint")
        #expect(shown == "https://otel:<redacted>@collector:4318/x")
        #expect(ConfigRedaction.redacted(["deep": [["api_token": 12]]], under: "") == ["deep": [["api_token": "<redacted>"]]])
    }

    @Test(arguments: [
        ("log_levle", "log_level"), ("sytem_password", "system_password"), ("prt", "port"), ("max_conections", "max_connections"),
    ])
    func aMistypedKeyFindsItsOwn(typed: String, meant: String) {
        #expect(KeySuggestion.nearest(to: typed, in: ["log_level", "port", "host", "system_password", "max_connections"]) == meant)
        #expect(KeySuggestion.nearest(to: "entirely_else", in: [meant]) == nil)
    }

    @Test func theCommandLineIsRead() throws {
        #expect(try LaunchOptions(arguments: ["--config", "f", "--migrate"]).action == .migrate)
        #expect(try LaunchOptions(arguments: ["--config", "f"]).configPath == "f")
        #expect(throws: ConfigError.self) { try LaunchOptions(arguments: ["--config"]) }
        #expect(throws: ConfigError.self) { try LaunchOptions(arguments: ["--fast"]) }
    }
}
