import Foundation
import Identity
import JSON
import Testing

@testable import ServiceKit

/// The table of configuration keys that operators read is what a service reads: every key, and every default.
@Suite struct OperatingPageTests {
    /// By key, the cell with the unit and the default.
    private static func table() throws -> [String: String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/operating.md"), encoding: .utf8)
        var cells: [String: String] = [:]
        for line in page.split(separator: "\n") where line.hasPrefix("| `") {
            let columns = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard columns.count >= 2 else { continue }
            var section = ""
            // `rpc.host`, `.port`: what begins with a dot is of the same section.
            for name in columns[0].split(separator: "`").map(String.init) where name.contains(".") && !name.contains(",") {
                let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2 else { continue }
                if !parts[0].isEmpty { section = parts[0] }
                cells["\(section).\(parts[1])"] = columns[1]
            }
        }
        return cells
    }

    private static func read() throws -> [String: ConfigValue] {
        let optional = [
            "POSTGRES_OWNER_PASSWORD", "POSTGRES_TLS_ROOT", "REDIS_USER", "REDIS_PASSWORD", "REDIS_TLS_AUTHORITY", "KEYS_DELEGATION_KEY",
        ]
        var environment = Dictionary(uniqueKeysWithValues: optional.map { ("PROVABLE_\($0)", "x") })
        environment["PROVABLE_TELEMETRY_OTLP_ENDPOINT"] = "http://collector:4318"
        var file = ServiceConfigTests.complete.objectValue ?? [:]
        file["service"] = .object([:])
        file["redis"] = .object([:])
        var postgres = file["postgres"]?.objectValue ?? [:]
        postgres["port"] = nil
        file["postgres"] = .object(postgres)
        let config = try ServiceConfig(service: .ledger, file: .object(file), environment: environment)
        return config.listing.values.filter { !$0.key.hasPrefix("settings.") && !$0.key.hasPrefix("peers.") }
    }

    @Test func everyKeyIsWrittenDownAndNoOther() throws {
        let written = Set(try Self.table().keys.filter { !$0.hasPrefix("settings.") && !$0.hasPrefix("peers.") })
        #expect(Set(try Self.read().keys) == written)
    }

    @Test func everyDefaultIsWrittenDown() throws {
        let table = try Self.table()
        for (key, value) in try Self.read() where value.source == .builtIn && value.text != "null" {
            let text = value.text.replacingOccurrences(of: "\"", with: "").replacingOccurrences(of: "ledger", with: "<service>")
            let words = (table[key] ?? "").split { " ,;`".contains($0) }.map(String.init)
            #expect(words.contains(text), "\(key) has the default \(text)")
        }
    }
}
