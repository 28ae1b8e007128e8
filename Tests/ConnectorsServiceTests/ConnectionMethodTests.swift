import ConnectorsCore
import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import Receipts
import StubVendors
import Synchronization
import TestKit
import Testing
import Trust
import Wire
import WireRuntime

@testable import ConnectorsService

@Suite struct ConnectionMethodTests {
    @Test func theCatalogueHasEveryOperationWithItsSchemas() async throws {
        try await World.with(connected: false) { world, endpoint in
            let operations = try await endpoint.listOperations(.init(), context: CallContext(caller: .flowEngine)).operations
            #expect(operations.count == 11 && operations.map(\.name) == operations.map(\.name).sorted())
            let create = try #require(operations.first { $0.name == "jira.issue.create" })
            #expect(
                create.connector == "jira" && create.connectorVersion == "1.0.0" && create.idempotency == "read-back" && create.cost?.micros == 200)
            let schema = try JSONValue(parsing: create.inputSchemaJSON)
            #expect(schema["required"] == ["project", "summary", "issue_type"])
        }
    }

    @Test func aConnectionSaysWhatItLacks() async throws {
        try await World.with(connected: false) { world, endpoint in
            let before = try await endpoint.listConnections(.init(), context: world.admin()).connections
            #expect(before.map(\.connector) == ["changes", "finops", "github", "jira", "slack"])
            #expect(before.map(\.health) == ["missing-secret", "connected", "missing-secret", "missing-secret", "missing-secret"])
            #expect(
                before[2].secretsNeeded == ["token", "webhook_secret"] && before[2].baseURL == "https://api.github.com"
                    && before[2].hosts == ["api.github.com"])
            let half = try await endpoint.putConnection(.init(connector: "github", secrets: ["token": "x"]), context: world.admin()).connection
            #expect(half?.health == "missing-secret" && half?.reason == "not set: webhook_secret" && half?.secretsSet == ["token"])
            let whole = try await endpoint.putConnection(.init(connector: "github", secrets: ["webhook_secret": "y"]), context: world.admin())
                .connection
            #expect(whole?.health == "connected" && whole?.baseURL == "https://api.github.com")
            let receipts = try await world.receipts()
            #expect(receipts.map(\.outcome) == ["connection-changed", "connection-changed"] && receipts[0].facts["secrets_set"] == ["token"])
        }
    }

    @Test func aConnectionThatIsPutAgainIsPutOnce() async throws {
        try await World.with(connected: false) { world, endpoint in
            var context = world.admin()
            context.idempotencyKey = "key-1"
            let first = try await endpoint.putConnection(.init(connector: "github", secrets: ["token": "x"]), context: context)
            // The other secret came in meanwhile: the late repetition undoes nothing.
            _ = try await endpoint.putConnection(.init(connector: "github", secrets: ["webhook_secret": "y"]), context: world.admin())
            #expect(try await endpoint.putConnection(.init(connector: "github", secrets: ["token": "x"]), context: context) == first)
            #expect(try await world.receipts().count == 2)
            let keyed = context
            let refusal = await #expect(throws: RPCError.self) {
                try await endpoint.putConnection(.init(connector: "slack", secrets: ["bot_token": "x"]), context: keyed)
            }
            #expect(refusal?.reason == "IDEMPOTENCY_KEY_REUSED")
        }
    }

    @Test(
        arguments: [
            ("github", "http://api.github.com", [:], "base_url"), ("github", "https://evil.example", [:], "base_url"),
            ("github", "https://127.0.0.1", [:], "base_url"),
            ("github", "http://127.0.0.1:9999", [:], "base_url"), ("jira", "https://atlassian.net.evil.example", [:], "base_url"),
            ("finops", "https://api.github.com", [:], "base_url"), ("github", "", ["password": "x"], "secrets/password"),
            ("github", "", ["token": ""], "secrets/token"),
            ("github", "", ["token": "a\r\nX: y"], "secrets/token"), ("github", "", ["token": "a b"], "secrets/token"),
        ] as [(String, String, [String: String], String)])
    func whatIsWrongIsNamed(connector: String, base: String, secrets: [String: String], field: String) async throws {
        try await World.with(connected: false) { world, endpoint in
            do {
                _ = try await endpoint.putConnection(.init(connector: connector, baseURL: base, secrets: secrets), context: world.admin())
                Issue.record("it was taken")
            } catch let error as RPCError {
                #expect(error.code == .invalidArgument && error.details["field"] == field)
                #expect(!secrets.values.contains { $0.count > 3 && error.message.contains($0) })
            }
            #expect(try await world.count("connection") == 0)
        }
    }

    @Test func aSecretHasALimit() async throws {
        try await World.with(connected: false) { world, endpoint in
            let request = ConnectorsV1.PutConnectionRequest(connector: "github", secrets: ["token": String(repeating: "x", count: 20_000)])
            await #expect(throws: RPCError.self) { try await endpoint.putConnection(request, context: world.admin()) }
        }
    }

    @Test func onlyAdministratorsConnect() async throws {
        try await World.with(connected: false) { world, endpoint in
            do {
                _ = try await endpoint.putConnection(
                    .init(connector: "github", secrets: ["token": "x"]), context: world.admin(roles: ["operator", "auditor"]))
                Issue.record("it was taken")
            } catch let error as RPCError { #expect(error.code == .permissionDenied && error.reason == "ROLE_REQUIRED") }
        }
    }

    /// The canary is searched for in every column of every table.
    @Test func secretsStandNowhereInClear() async throws {
        try await World.with { world, endpoint in
            _ = try await world.execute(World.Ask(), endpoint)
            // It did reach the vendor, so that the search below can fail.
            #expect(world.transport.authorizations.withLock { $0.contains("Basic " + Base64.encode(Array("\(World.token):\(World.token)".utf8))) })
            let needles = [World.token, World.webhookSecret, Base64.encode(Array("\(World.token):\(World.token)".utf8))]
            let tables = try await world.database.superuser.withTransaction {
                try await $0.query("SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'")
            }
            #expect(tables.count >= 8)
            for table in tables {
                let name = try table.text("name")
                let rows = try await world.database.superuser.withTransaction {
                    try await $0.query("SELECT row_to_json(t)::text AS row FROM \(name) AS t")
                }
                for row in rows {
                    let text = try row.text("row")
                    for needle in needles {
                        // bytea prints as hexadecimal.
                        #expect(!text.contains(needle) && !text.contains(Hexadecimal.encode(Array(needle.utf8))), "\(name) holds a secret")
                    }
                }
            }
        }
    }

    @Test func aSecretDoesNotOpenInAnotherRow() async throws {
        try await World.with { world, endpoint in
            _ = try await world.database.superuser.withTransaction { tx in
                try await tx.execute(
                    "UPDATE connection_secret SET sealed = (SELECT sealed FROM connection_secret WHERE connector = 'slack' AND field = 'bot_token') WHERE connector = 'github' AND field = 'token'"
                )
            }
            let ask = World.Ask(operation: "github.repository.restrict", input: ["owner": "acme", "repo": "x", "reason": "y"])
            await #expect(throws: (any Error).self) { try await world.execute(ask, endpoint) }
            #expect(world.transport.effects.isEmpty)
        }
    }
}

@Suite struct IsolationTests {
    @Test func everyTenantTableForcesRowLevelSecurity() async throws {
        try await World.with(connected: false) { world, _ in
            let rows = try await world.database.superuser.withTransaction { tx in
                try await tx.query(
                    """
                    SELECT c.relname::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced FROM pg_class AS c
                    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                    """)
            }
            #expect(rows.count >= 7)
            for row in rows {
                let (name, isEnabled, isForced) = (try row.text("name"), try row.bool("enabled"), try row.bool("forced"))
                #expect(isEnabled && isForced, "\(name)")
            }
        }
    }

    @Test func anotherTenantSeesAndReachesNothing() async throws {
        try await World.with { world, endpoint in
            let ask = World.Ask()
            let first = try await world.execute(ask, endpoint)
            let stranger = TenantID.make()
            let connections = try await endpoint.listConnections(.init(), context: world.admin(stranger)).connections
            #expect(connections.allSatisfy { $0.secretsSet.isEmpty })
            // The same key under another tenant is another call, and finds no connection.
            let context = CallContext(caller: .flowEngine, tenant: stranger, deadline: .now + .seconds(60))
            let answer = try await endpoint.execute(try world.request(ask), context: context)
            #expect(answer.outcome == .failed && answer.errorClass == "unauthorized" && answer.receiptIDs != first.receiptIDs)
            for table in ["connector_call", "connection", "connection_secret", "tenant_key", "webhook_event", "outbox"] {
                let rows = try await world.database.app.withTenant(TenantID.make()) { try await $0.query("SELECT 1 AS one FROM \(table)") }
                #expect(rows.isEmpty, "\(table)")
            }
        }
    }
}
