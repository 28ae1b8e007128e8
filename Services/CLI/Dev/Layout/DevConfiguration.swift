internal import FoundationEssentials
internal import Identity
internal import JSON

/// Writes what each service is told, and what scripts need to find the platform.
struct DevConfiguration {
    let layout: DevLayout
    let secrets: DevSecrets

    func writeAll() throws {
        for service in DevPorts.services {
            try layout.write(Self.pretty(.object(config(service))), to: "config/\(service).json")
        }
        try layout.write(layout.ports.text, to: "ports")
        try writeSummary()
    }

    func writeSummary() throws { try layout.write(Self.pretty(.object(summary)), to: "dev.json") }

    private func config(_ service: ServiceName) -> JSONObject {
        let ports = layout.ports
        return [
            "service": ["instance": .string("\(service)-1"), "environment": "development"],
            "rpc": ["host": "127.0.0.1", "port": .int(Int64(ports.rpc(service))), "share_ports": true],
            "shutdown": ["pre_stop_ms": 500],
            "health": ["host": "127.0.0.1", "port": .int(Int64(ports.health(service)))],
            "tls": [
                "certificate": .string(layout.path("pki/\(service).pem")), "key": .string(layout.path("pki/\(service).key")),
                "authority": .string(layout.path("pki/ca.pem")),
            ],
            "postgres": [
                "host": "127.0.0.1", "port": .int(Int64(ports.postgres)),
                "app_password": .string(secrets[DevSecrets.database(service, "app")]),
                "system_password": .string(secrets[DevSecrets.database(service, "system")]),
            ],
            "redis": [
                "host": "127.0.0.1", "port": .int(Int64(ports.redis)), "user": .string(service.rawValue),
                "password": .string(secrets[DevSecrets.redis(service)]),
            ],
            "peers": .object(
                JSONObject(
                    DevPorts.services.filter { $0 != service }.map { ($0.rawValue, .string("127.0.0.1:\(ports.rpc($0))")) })),
            "keys": [
                "signing_key": .string(layout.path("pki/signing/\(service).key")),
                "delegation_key": .string(layout.path("pki/signing/delegation.pub")),
            ],
            "settings": .object(settings(service)),
        ]
    }

    /// Keys of one service alone.
    private func settings(_ service: ServiceName) -> JSONObject {
        switch service {
        case .ledger:
            ["emitter_keys": .string(layout.path("pki/signing")), "kek_file": .string(layout.path("keys/ledger.kek"))]
        case .connectors:
            ["kek_file": .string(layout.path("keys/connectors.kek")), "allow_loopback": true, "stubs_url": .string(layout.stubsURL)]
        case .policy:
            ["kek_file": .string(layout.path("keys/policy.kek"))]
        case .gateway:
            [
                "http_host": "127.0.0.1", "http_port": .int(Int64(layout.ports.http)),
                "delegation_private_key": .string(layout.path("pki/signing/delegation.key")),
                "web_root": .string("\(layout.checkout)/Services/Gateway/Web/dist"),
                "seed_file": .string("\(layout.checkout)/deploy/dev/people.json"),
            ]
        default: [:]
        }
    }

    /// What the demo, the tests and a curious person need; closed like the other secrets.
    private var summary: JSONObject {
        [
            "gateway_url": .string(layout.gatewayURL), "stubs_url": .string(layout.stubsURL),
            "provable": .string(layout.executable("provable")), "checkout": .string(layout.checkout),
            "postgres": [
                "host": "127.0.0.1", "port": .int(Int64(layout.ports.postgres)), "user": "postgres",
                "password": .string(secrets[DevSecrets.postgresAdministrator]),
            ],
            "redis": [
                "host": "127.0.0.1", "port": .int(Int64(layout.ports.redis)), "user": "admin",
                "password": .string(secrets[DevSecrets.redisAdministrator]),
            ],
            "health": .object(
                JSONObject(DevPorts.services.map { ($0.rawValue, .string("http://127.0.0.1:\(layout.healthPort($0).number)")) })),
        ]
    }

    /// Indented, because people read these files.
    private static func pretty(_ value: JSONValue) -> String {
        func text(_ value: JSONValue, _ indent: String) -> String {
            switch value {
            case .object(let object) where !object.isEmpty:
                let inner = indent + "  "
                let members = object.map { "\(inner)\(JSONValue.string($0.key).encodedString()): \(text($0.value, inner))" }
                return "{\n" + members.joined(separator: ",\n") + "\n\(indent)}"
            default: return value.encodedString()
            }
        }
        return text(value, "") + "\n"
    }
}
