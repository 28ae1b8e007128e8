import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import TestKit
import Testing
import Wire

@testable import PolicyService

/// The schema that connectors make, as people ask for it.
@Suite(.serialized) struct ConnectorSchemaTests {
    private static let policies = """
        @id("may") permit(principal, action == Action::"chat.post", resource);
        @id("channels") forbid(principal, action == Action::"chat.post", resource) when { context.input.channel like "#all*" };
        """

    private static func post(_ argument: String, isRequired: Bool = true) -> (name: String, schema: JSONValue) {
        (
            "chat.post",
            [
                "type": "object", "properties": [argument: ["type": "string"]], "required": .array(isRequired ? [.string(argument)] : []),
            ]
        )
    }

    private func admin(_ world: World) -> CallContext { world.call(.gateway, principal: "dana") }

    private func change(_ world: World, _ operations: [(name: String, schema: JSONValue)], of connector: String = "chat")
        async throws -> PolicyGovernanceV1.CheckConnectorChangeResponse
    {
        try await world.governance.checkConnectorChange(
            .init(
                connector: connector, version: "2", operations: operations.map { .init(name: $0.name, inputSchemaJSON: $0.schema.encoded()) }),
            context: admin(world))
    }

    @Test("The schema is of what connectors offer now, and says what it finds in the policies in force")
    func now() async throws {
        let world = try await World()
        world.connectors.offer([Self.post("channel")])
        try await world.put(Self.policies)
        let good = try await world.governance.getConnectorSchema(.init(), context: admin(world))
        #expect(good.operations == 1 && good.schema.contains(#"action "chat.post" appliesTo"#) && good.omitted.isEmpty && !good.inForce)
        #expect(good.findings.map(\.place) == ["active"] && good.findings[0].problems.isEmpty)

        // A bundle that was published with it says so.
        let published = try await world.publish(Self.policies, schema: good.schema)
        #expect(published.problems.isEmpty)
        #expect(try await world.governance.getConnectorSchema(.init(), context: admin(world)).inForce == true)

        world.connectors.offer([Self.post("room")])
        let bad = try await world.governance.getConnectorSchema(.init(), context: admin(world))
        #expect(bad.findings[0].problems.map(\.policyID) == ["channels"] && bad.findings[0].problems[0].line == 2 && !bad.inForce)
    }

    @Test("A change of a connector is held against the bundle in force and the one in the shadow, error by error")
    func changes() async throws {
        let world = try await World()
        world.connectors.offer([Self.post("channel"), ("mail.send", ["type": "object", "properties": [:]])])
        try await world.put(Self.policies)
        let shadow = try await world.publish(
            Self.policies + "\n@id(\"mail\") permit(principal, action == Action::\"mail.send\", resource);", activate: false)
        _ = try await world.governance.setShadow(.init(digest: shadow.digest), context: admin(world))

        let renamed = try await change(world, [Self.post("room")])
        #expect(renamed.changes.map(\.sentence) == ["chat.post.input.channel is gone", "chat.post.input.room is new"])
        #expect(renamed.changes.map(\.breaking) == [true, false])
        #expect(renamed.broken.map(\.place) == ["active", "shadow"])
        #expect(renamed.broken.allSatisfy { $0.problems.map(\.policyID) == ["channels"] && $0.problems[0].line == 2 })

        let optional = try await change(world, [Self.post("channel", isRequired: false)])
        #expect(optional.changes.map(\.sentence) == ["chat.post.input.channel may be missing"] && optional.broken.count == 2)

        // It would go: what only the shadow asks about breaks there alone.
        let gone = try await change(world, [], of: "mail")
        #expect(gone.changes.map(\.sentence) == ["mail.send is gone"] && gone.broken.map(\.place) == ["shadow"])
        #expect(Set(gone.broken[0].problems.map(\.policyID)) == ["mail"])

        let same = try await change(world, [Self.post("channel")])
        #expect(same.changes.isEmpty && same.broken.isEmpty)
    }

    @Test("Policies with session rules are held against the schema, too")
    func sessionRules() async throws {
        let world = try await World()
        world.connectors.offer([Self.post("channel")])
        try await world.put(
            Self.policies
                + "\n@id(\"few\") forbid(principal, action == Action::\"chat.post\", resource) when { context.input.channel == \"x\" } "
                + "when temporal { bind(n, count_within(1h, Action::\"chat.post\"::reserved{}), n > 3) };")
        let report = try await change(world, [Self.post("room")])
        #expect(report.broken.first.map { Set($0.problems.map(\.policyID)) } == ["channels", "few"])
    }

    @Test("Without connectors there is no schema, and the error says why")
    func down() async throws {
        let world = try await World()
        world.connectors.goDown()
        for ask in [
            { _ = try await world.governance.getConnectorSchema(.init(), context: self.admin(world)) },
            { _ = try await self.change(world, [Self.post("x")]) },
        ] as [() async throws -> Void] {
            await #expect { try await ask() } throws: { error in
                guard let error = error as? RPCError else { return false }
                return error.code == .unavailable && error.reason == "CONNECTORS_UNAVAILABLE" && error.message.contains("does not answer")
            }
        }
    }

    @Test(
        "A change that is none is refused by its field",
        arguments: [("chat", "mail.send", "{}"), ("chat", "chat.post", "{"), ("", "chat.post", "{}"), ("chat", "chat. post", "{}")])
    func refused(connector: String, name: String, schema: String) async throws {
        let world = try await World()
        await #expect {
            try await world.governance.checkConnectorChange(
                .init(connector: connector, operations: [.init(name: name, inputSchemaJSON: Array(schema.utf8))]), context: admin(world))
        } throws: { ($0 as? RPCError)?.code == .invalidArgument }
    }
}
