import Foundation
import GatewayCore
import Identity
import Logging
import Postgres
import RPC
import TestKit
import Testing
import Trust

@testable import GatewayService

/// The stores on a real database.
@Suite(.timeLimit(.minutes(2))) struct StoreTests {
    private struct World {
        let database: ServiceDatabase
        let clock = ManualClock()
        let directory: PostgresDirectoryStore
        let sessions: PostgresSessionStore
        let idempotency: PostgresIdempotencyStore

        init() async throws {
            database = try await ServiceDatabase.make(.gateway, migrations: GatewayMigrations.all)
            directory = PostgresDirectoryStore(system: database.system)
            sessions = PostgresSessionStore(system: database.system, directory: directory, clock: clock)
            idempotency = PostgresIdempotencyStore(pool: database.app, clock: clock)
            try await directory.seed([People.acme, People.contoso], People.all)
        }

        var sweeper: ExpirySweeper {
            ExpirySweeper(system: database.system, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        func count(_ table: String) async throws -> Int64 {
            try await database.superuser.withTransaction { try await $0.query("SELECT count(*) AS n FROM \(table)") }[0].int("n")
        }
    }

    @Test func aSessionLastsUntilItEnds() async throws {
        let world = try await World()
        #expect(try await world.sessions.begin(email: "dana@acme.example", slug: "nowhere") == nil)
        #expect(try await world.sessions.begin(email: "omar@acme.example", slug: "contoso") == nil)
        let session = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "acme"))
        let found = try #require(try await world.sessions.session(session.token))
        #expect(found.membership == session.membership)
        #expect(found.all.map(\.tenant.slug) == ["acme", "contoso"])
        try await world.sessions.end(session.token)
        #expect(try await world.sessions.session(session.token) == nil)
        let other = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "acme"))
        world.clock.advance(by: .seconds(Session.lifetimeSeconds))
        #expect(try await world.sessions.session(other.token) == nil)
        await world.database.close()
    }

    @Test func whoIsRemovedIsOutAtOnceAndTheTokenIsNowhereInTheDatabase() async throws {
        let world = try await World()
        let session = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "acme"))
        let rows = try await world.database.superuser.withTransaction {
            try await $0.query("SELECT count(*) AS n FROM session s WHERE s::text LIKE '%' || $1 || '%'", [.text(session.token.text)])
        }
        #expect(try rows[0].int("n") == 0)
        _ = try await world.database.superuser.withTransaction {
            try await $0.execute("DELETE FROM membership WHERE tenant_id = $1 AND email = 'dana@acme.example'", [.uuid(People.acme.id.rawValue)])
        }
        #expect(try await world.sessions.session(session.token) == nil)
        await world.database.close()
    }

    @Test func anAnswerIsKeptForItsRequestOnly() async throws {
        let world = try await World()
        let dana = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "acme"))
        let omar = try #require(try await world.sessions.begin(email: "omar@acme.example", slug: "acme"))
        let abroad = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "contoso"))
        let request = SHA256Digest(hashing: [1])
        let answer = StoredAnswer(status: 201, body: Array("{}".utf8))
        let store = world.idempotency
        #expect(try await store.begin(key: "k", request: request, session: dana) == nil)
        #expect(await code { _ = try await store.begin(key: "k", request: request, session: dana) } == "IDEMPOTENCY_IN_PROGRESS")
        try await store.finish(key: "k", answer, session: dana)
        #expect(try await store.begin(key: "k", request: request, session: dana) == answer)
        #expect(await code { _ = try await store.begin(key: "k", request: SHA256Digest(hashing: [2]), session: dana) } == "IDEMPOTENCY_KEY_REUSED")
        #expect(try await store.begin(key: "k", request: request, session: omar) == nil)
        #expect(try await store.begin(key: "k", request: request, session: abroad) == nil)
        try await store.abandon(key: "k", session: omar)
        #expect(try await store.begin(key: "k", request: request, session: omar) == nil)
        try await store.abandon(key: "k", session: dana)
        #expect(try await store.begin(key: "k", request: request, session: dana) == answer)
        await world.database.close()
    }

    @Test func aRequestThatDiedIsTakenOverAfterAMinute() async throws {
        let world = try await World()
        let dana = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "acme"))
        let request = SHA256Digest(hashing: [1])
        #expect(try await world.idempotency.begin(key: "k", request: request, session: dana) == nil)
        world.clock.advance(by: .seconds(59))
        #expect(await code { _ = try await world.idempotency.begin(key: "k", request: request, session: dana) } == "IDEMPOTENCY_IN_PROGRESS")
        world.clock.advance(by: .seconds(2))
        #expect(try await world.idempotency.begin(key: "k", request: request, session: dana) == nil)
        await world.database.close()
    }

    @Test func whatIsPastItsTimeIsSweptAndNothingElse() async throws {
        let world = try await World()
        let dana = try #require(try await world.sessions.begin(email: "dana@acme.example", slug: "acme"))
        let request = SHA256Digest(hashing: [1])
        _ = try await world.idempotency.begin(key: "old", request: request, session: dana)
        world.clock.advance(by: ExpirySweeper.answersKept - .seconds(1))
        _ = try await world.idempotency.begin(key: "new", request: request, session: dana)
        // The session ended after twelve hours.
        #expect(try await world.sweeper.sweep() == 1)
        #expect(try await world.count("session") == 0)
        #expect(try await world.count("idempotency") == 2)
        world.clock.advance(by: .seconds(2))
        #expect(try await world.sweeper.sweep() == 1)
        #expect(try await world.count("idempotency") == 1)
        await world.database.close()
    }

    @Test func everyPrimaryKeyBeginsWithTheTenantAndEveryTableIsIsolated() async throws {
        let world = try await World()
        let rows = try await world.database.superuser.withTransaction {
            try await $0.query(
                """
                SELECT c.relname AS name, c.relforcerowsecurity AS forced, a.attname AS first
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE n.nspname = 'public' AND c.relname IN ('tenant', 'membership', 'session', 'idempotency') ORDER BY 1
                """)
        }
        #expect(try rows.map { try $0.text("name") } == ["idempotency", "membership", "session", "tenant"])
        for row in rows {
            #expect(try row.text("first") == "tenant_id")
            #expect(try row.bool("forced"))
        }
        await world.database.close()
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch { return (error as? Problem)?.code }
        return nil
    }
}

@Suite struct DelegationMintTests {
    /// The certificate may be replaced between two requests.
    @Test func eachTokenIsBoundToTheCertificateOfItsMoment() async throws {
        let reads = Counter()
        let key = try ES256PrivateKey.generate()
        let clock = ManualClock()
        let mint = DelegationMint(key: key, thumbprint: { Array(repeating: UInt8(reads.next()), count: 32) }, clock: clock)
        let session = try #require(try await FakeSessions().begin(email: "dana@acme.example", slug: "acme"))
        for expected in 1...2 {
            let token = try #require(try mint.options(for: session).delegationToken)
            let claims = try SignedDelegationVerifier(keys: [key.publicKey]).verify(token, now: Int64(clock.now.timeIntervalSince1970))
            #expect(claims.certificateThumbprint == Array(repeating: UInt8(expected), count: 32))
            #expect(claims.tenant == session.tenant && claims.principal == session.principal)
        }
    }
}
