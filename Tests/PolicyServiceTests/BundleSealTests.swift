import FoundationEssentials
import Identity
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import PolicyService

/// A bundle that stands in the table and was not published by this service decides nothing.
@Suite(.serialized) struct BundleSealTests {
    private static let other = #"@id("all") permit(principal, action, resource);"#

    private func admin(_ world: World) -> CallContext { world.call(.gateway, principal: "dana") }

    private func tamper(_ world: World, _ sql: String) async throws {
        try await world.database.superuser.withTransaction { _ = try await $0.execute(sql) }
    }

    private func activate(_ world: World, _ digest: [UInt8]) async throws -> RPCError? {
        do {
            _ = try await world.governance.activateBundle(.init(digest: digest), context: admin(world))
            return nil
        } catch let error as RPCError { return error }
    }

    @Test(
        "A row that was changed is not put in force, and the error says what is wrong",
        arguments: [
            ("UPDATE bundle SET envelope = ''", "holds no receipt"),
            ("UPDATE bundle SET envelope = (SELECT envelope FROM bundle WHERE name = 'first') WHERE name = 'second'", "is of something else"),
            ("UPDATE bundle SET envelope = overlay(envelope placing '\\x41' from octet_length(envelope) - 40)", "not signed by this service"),
            ("UPDATE bundle SET policies = 'permit(principal, action, resource);' WHERE name = 'second'", "its content is not what its digest says"),
        ])
    func tampered(sql: String, reason: String) async throws {
        let world = try await World()
        _ = try await world.endpoint.putBundle(.init(name: "first", policies: World.policies, activate: true), context: admin(world))
        let stored = try await world.endpoint.putBundle(.init(name: "second", policies: Self.other), context: admin(world))
        try await tamper(world, sql)
        let error = try await activate(world, stored.digest)
        #expect(error?.reason == "BUNDLE_TAMPERED" && error?.message.contains(reason) == true, "\(error?.message ?? "activated")")
        // What was in force is in force.
        let active = try await world.endpoint.getActiveBundle(.init(), context: admin(world)).bundle
        #expect(active?.name == "first")
    }

    @Test("A row that somebody put there, with the pointer on it, decides nothing in a process that has not read it before")
    func planted() async throws {
        let world = try await World()
        try await world.put()
        let digest = try await world.endpoint.putBundle(.init(name: "x", policies: Self.other), context: admin(world)).digest
        try await tamper(world, "UPDATE bundle SET envelope = (SELECT envelope FROM bundle WHERE name = 'company') WHERE name = 'x'")
        try await world.database.superuser.withTransaction {
            _ = try await $0.execute("UPDATE active_bundle SET digest = $1", [.bytes(digest)])
        }
        let twin = try world.twin()
        await #expect(throws: BundleSeal.Broken.self) { try await twin.decide(twin.question(1), tenant: world.tenant) }
        #expect(try await world.count("decision") == 0)
    }

    @Test("An untouched one is put in force, also by another process")
    func untouched() async throws {
        let world = try await World()
        try await world.put()
        let stored = try await world.endpoint.putBundle(.init(name: "second", policies: Self.other), context: admin(world))
        let twin = try world.twin()
        #expect(try await activate(twin, stored.digest) == nil)
        #expect(try await twin.decide(twin.question(9_000), tenant: world.tenant).verdict == .allow)
    }
}
