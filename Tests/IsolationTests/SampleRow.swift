import Identity
import Postgres

/// A row that a table takes, made from what the catalogue says about its columns.
struct SampleRow {
    let sql: String

    struct NoSample: Error, CustomStringConvertible {
        let description: String
    }

    init(_ table: Table, tenant: TenantID) throws {
        var values: [(String, String)] = []
        for column in table.columns where column.isRequired {
            values.append((column.name, column.name == "tenant_id" ? "'\(tenant)'" : try Self.expression(column, of: table.name)))
        }
        let names = values.map { "\"\($0.0)\"" }.joined(separator: ", ")
        sql = "INSERT INTO \(table.name) (\(names)) VALUES (\(values.map(\.1).joined(separator: ", ")))"
    }

    /// A fresh value each time, so that no key meets another row's.
    private static func expression(_ column: Column, of table: String) throws -> String {
        let checks = column.checks.joined(separator: " ")
        switch column.type {
        case "uuid": return "gen_random_uuid()"
        case "text": return firstLiteral(checks).map { "'\($0)'" } ?? "gen_random_uuid()::text"
        // As long as a digest, which is the one length that a check asks for.
        case "bytea": return "sha256(gen_random_uuid()::text::bytea)"
        case "smallint", "integer", "bigint", "numeric", "double precision": return "1"
        case "boolean": return "false"
        case "timestamp with time zone": return "now()"
        case "jsonb": return "'{}'"
        case let type where type.hasSuffix("[]"): return "'{}'"
        default: throw NoSample(description: "no sample value for \(table).\(column.name) of type \(column.type)")
        }
    }

    /// The first of the texts that a check allows.
    private static func firstLiteral(_ check: String) -> String? {
        let parts = check.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }
}
