import FoundationEssentials
import Identity
import JSON
import Postgres
import RPC
import Receipts
import TestKit
import Testing
import Trust
import Wire

@testable import PolicyCore
@testable import PolicyService

@Suite struct GovernanceTests {
    private static let open = "@id(\"may\") permit(principal, action, resource);"
    private static let closed = "@id(\"may\") permit(principal, action, resource); @id(\"never\") forbid(principal, action, resource);"

    private func admin(_ world: World, _ principal: String = "dana") -> CallContext { world.call(.gateway, principal: principal) }

    @Test func aBundleIsStoredWithTheReceiptThatAttestsIt() async throws {
        let world = try await World()
        let published = try await world.publish(World.policies)
        #expect(published.problems.isEmpty && published.activation?.state == .active)
        let bundle = try #require(
            try await world.governance.getBundle(.init(digest: published.digest), context: admin(world)).bundle)
        #expect(bundle.active && bundle.policies == World.policies && bundle.author == "dana")
        let envelope = try Envelope(parsing: bundle.envelope)
        let statement = try JSONValue(parsing: envelope.payload)
        #expect(statement["subject"]?.arrayValue?.first?["digest"]?["sha256"]?.stringValue == SHA256Digest(bytes: published.digest)?.hex)
        #expect(statement["predicate"]?["outcome"] == "bundle-published")
        await world.database.close()
    }

    @Test func whatFailsItsOwnTestsOrCannotBeValidatedIsStoredNowhere() async throws {
        let world = try await World()
        let test =
            #"[{"name":"small","request":{"principal":{"type":"User","id":"d"},"action":"pay","resource":{"type":"A","id":"b"}},"expect":{"verdict":"VERDICT"}}]"#
        let failed = try await world.publish(Self.open, tests: test.replacing("VERDICT", with: "deny"))
        #expect(failed.digest.isEmpty && failed.problems.map(\.source) == ["tests"] && failed.results.map(\.passed) == [false])
        let schema = try await world.publish(Self.open, schema: "entity User;\nentity Account in Nowhere;")
        #expect(schema.digest.isEmpty && schema.problems.map(\.source) == ["schema"] && schema.problems.map(\.line) == [2])
        let unknown = try await world.publish(
            "\n@id(\"x\") permit(principal == Usr::\"a\", action, resource);",
            schema: "entity User, Account; action pay appliesTo { principal: User, resource: Account, context: {} };")
        #expect(unknown.digest.isEmpty && unknown.problems.first?.policyID == "x" && unknown.problems.first?.line == 2)
        let syntax = try await world.publish("permit(principal, action, resource)\nwhen { principal.age = 3 };", entities: "{")
        #expect(syntax.digest.isEmpty && !syntax.problems.isEmpty && syntax.problems.allSatisfy { !$0.fix.isEmpty && $0.line > 0 })
        #expect(try await world.count("bundle") == 0)
        let tried = try await world.governance.testBundle(
            .init(content: .init(name: "t", policies: Self.open, testsJSON: Array(test.replacing("VERDICT", with: "allow").utf8))),
            context: admin(world))
        #expect(tried.problems.isEmpty && tried.results.map(\.passed) == [true] && tried.digest.count == 32)
        #expect(try await world.count("bundle") == 0)
        await world.database.close()
    }

    @Test func everyDeciderFollowsThePointerAtOnceAndBack() async throws {
        let world = try await World()
        let twin = try world.twin()
        let first = try await world.publish(Self.open)
        #expect(try await twin.decide(world.question(5)).verdict == .allow)
        let second = try await world.publish(Self.closed)
        #expect(try await twin.decide(world.question(5)).verdict == .deny)
        let back = try await world.governance.activateBundle(.init(digest: first.digest, note: "too strict", rollback: true), context: admin(world))
        #expect(back.state == .active)
        #expect(try await twin.decide(world.question(5)).verdict == .allow)
        let history = try await world.governance.listActivations(.init(), context: admin(world)).activations
        #expect(history.map(\.kind) == ["rollback", "bundle", "bundle"])
        #expect(history.map(\.previousDigest) == [second.digest, first.digest, []])
        #expect(history.allSatisfy { $0.receiptID.count == 16 })
        let stored = try await world.publish(Self.open + "\n// other", activate: false)
        #expect(stored.activation?.state == .stored)
        await #expect { _ = try await world.governance.activateBundle(.init(digest: stored.digest, rollback: true), context: admin(world)) } throws: {
            ($0 as? RPCError)?.reason == "NEVER_ACTIVE"
        }
        await #expect {
            _ = try await world.governance.activateBundle(.init(digest: Array(repeating: 1, count: 32)), context: admin(world))
        } throws: {
            ($0 as? RPCError)?.code == .notFound
        }
        await world.database.close()
    }

    @Test func whoProposesDoesNotApprove() async throws {
        let world = try await World()
        _ = try await world.publish(Self.closed)
        let settings = PolicyGovernanceV1.Settings(twoPerson: true)
        #expect(try await world.governance.putSettings(.init(settings: settings), context: admin(world)).state == .active)
        let proposed = try await world.publish(Self.open)
        #expect(proposed.activation?.state == .awaitingApproval)
        #expect(try await world.decide(world.question(5)).verdict == .deny, "not in force yet")
        let again = try await world.publish(Self.open)
        let id = try #require(proposed.activation?.proposalID)
        #expect(again.activation?.proposalID == id, "the same proposal is one")
        await #expect {
            _ = try await world.governance.decideActivation(.init(proposalID: id, approve: true), context: admin(world, "DANA"))
        } throws: {
            ($0 as? RPCError)?.reason == "SAME_PERSON"
        }
        #expect(try await world.governance.decideActivation(.init(proposalID: id, approve: true), context: admin(world, "chris")).state == .active)
        #expect(try await world.decide(world.question(5)).verdict == .allow)
        await #expect {
            _ = try await world.governance.decideActivation(.init(proposalID: id, approve: true), context: admin(world, "robin"))
        } throws: {
            ($0 as? RPCError)?.reason == "PROPOSAL_CLOSED"
        }
        await #expect { _ = try await world.governance.followBlueprint(.init(agencyID: TenantID.make().bytes), context: admin(world)) } throws: {
            ($0 as? RPCError)?.reason == "TWO_PEOPLE_NEEDED"
        }
        // The rule itself is not lifted by one.
        let lifting = try await world.governance.putSettings(.init(settings: .init()), context: admin(world))
        #expect(lifting.state == .awaitingApproval)
        #expect(try await world.governance.getSettings(.init(), context: admin(world)).settings?.twoPerson == true)
        let refused = try await world.governance.decideActivation(.init(proposalID: lifting.proposalID, approve: false), context: admin(world))
        #expect(refused.state == .rejected, "what one proposed, one may take back")
        await world.database.close()
    }

    @Test func aProposalThatNobodyAnsweredInTimeIsNone() async throws {
        let world = try await World()
        _ = try await world.governance.putSettings(.init(settings: .init(twoPerson: true)), context: admin(world))
        let id = try #require(try await world.publish(Self.open).activation?.proposalID)
        world.clock.advance(by: 8 * 86_400)
        await #expect {
            _ = try await world.governance.decideActivation(.init(proposalID: id, approve: true), context: admin(world, "chris"))
        } throws: {
            ($0 as? RPCError)?.reason == "PROPOSAL_EXPIRED"
        }
        #expect(try await world.decide(world.question(5)).verdict == .deny)
        await world.database.close()
    }

    @Test func aBundleThatHasExpiredDeniesAndIsNotActivated() async throws {
        let world = try await World()
        let lasting = try await world.publish(Self.open)
        let short = try await world.publish(Self.open, expires: world.clock.now.micros + 60_000_000)
        #expect(try await world.decide(world.question(5)).verdict == .allow)
        world.clock.advance(by: 120)
        let late = try await world.decide(world.question(5))
        #expect(late.verdict == .deny && late.reason.hasPrefix("the policies in force expired at"))
        _ = try await world.governance.activateBundle(.init(digest: lasting.digest), context: admin(world))
        await #expect { _ = try await world.governance.activateBundle(.init(digest: short.digest), context: admin(world)) } throws: {
            ($0 as? RPCError)?.reason == "BUNDLE_EXPIRED"
        }
        await world.database.close()
    }

    @Test func aBundleThatIsNotWhatItsDigestSaysDecidesNothing() async throws {
        let world = try await World()
        _ = try await world.publish(Self.closed)
        try await world.database.superuser.withTransaction {
            _ = try await $0.execute("UPDATE bundle SET policies = $1", [.bytes(Array(Self.open.utf8))])
        }
        let twin = try world.twin()
        await #expect(throws: (any Error).self) { _ = try await twin.decide(world.question(5)) }
        #expect(try await world.count("decision") == 0)
        await world.database.close()
    }

    @Test func clientsInheritWhatTheAgencyHasInForceAndOnlyTightenIt() async throws {
        let world = try await World()
        let (agency, client) = (TenantID.make(), TenantID.make())
        _ = try await world.publish(World.policies, tenant: agency)
        let before = try await world.publish("@id(\"all\") permit(principal, action, resource);", tenant: client)
        let acting = world.call(.gateway, tenant: client, principal: "nora")
        await #expect { _ = try await world.governance.followBlueprint(.init(agencyID: agency.bytes), context: acting) } throws: {
            ($0 as? RPCError)?.reason == "NOT_A_CLIENT"
        }
        _ = try await world.governance.setBlueprintClients(
            .init(clientIDs: [client.bytes]), context: world.call(.gateway, tenant: agency, principal: "nora"))
        _ = try await world.governance.followBlueprint(.init(agencyID: agency.bytes), context: acting)
        #expect(try await world.decide(world.question(5), tenant: client).verdict == .allow)
        #expect(try await world.decide(world.question(900), tenant: client).verdict == .requireApproval)
        let loosening = try await world.publish("@id(\"all\") permit(principal, action, resource);", tenant: client)
        #expect(loosening.digest.isEmpty && loosening.problems.map(\.policyID) == ["all"])
        let tightening = try await world.publish(
            "@id(\"small\") forbid(principal, action, resource) when { context.input.amount > 3 };", tenant: client)
        #expect(tightening.problems.isEmpty)
        #expect(try await world.decide(world.question(5), tenant: client).verdict == .deny)
        // What the agency changes reaches the client, with the client's own part over it.
        _ = try await world.publish("@id(\"may\") permit(principal in Role::\"nobody\", action, resource);", tenant: agency)
        #expect(try await world.decide(world.question(1), tenant: client).verdict == .deny)
        _ = try await world.publish("@id(\"may\") permit(principal, action, resource);", tenant: agency)
        #expect(try await world.decide(world.question(1), tenant: client).verdict == .allow)
        #expect(try await world.decide(world.question(5), tenant: client).verdict == .deny)
        // What was in force before is no way around it.
        for rollback in [true, false] {
            await #expect {
                _ = try await world.governance.activateBundle(.init(digest: before.digest, rollback: rollback), context: acting)
            } throws: {
                ($0 as? RPCError)?.reason == "NOT_OVER_BLUEPRINT"
            }
        }
        // What binds the client is not ended by the client.
        await #expect { _ = try await world.governance.followBlueprint(.init(), context: acting) } throws: {
            ($0 as? RPCError)?.reason == "AGENCY_ONLY"
        }
        var fromAgency = acting
        fromAgency.originTenant = agency
        _ = try await world.governance.followBlueprint(.init(), context: fromAgency)
        #expect(try await world.publish("@id(\"all\") permit(principal, action, resource);", tenant: client).problems.isEmpty)
        await world.database.close()
    }

    @Test func aClientThatMissedAChangeIsFoundBySweeping() async throws {
        let world = try await World()
        let (agency, client) = (TenantID.make(), TenantID.make())
        _ = try await world.publish(Self.open, tenant: agency)
        _ = try await world.governance.setBlueprintClients(
            .init(clientIDs: [client.bytes]), context: world.call(.gateway, tenant: agency, principal: "nora"))
        _ = try await world.governance.followBlueprint(
            .init(agencyID: agency.bytes), context: world.call(.gateway, tenant: client, principal: "nora"))
        // As if the process had ended between the two: the agency's pointer alone has moved.
        let next = try await world.publish(Self.closed, activate: false, tenant: agency)
        let digest = try #require(SHA256Digest(bytes: next.digest))
        try await world.database.app.withTenant(agency) { tx in
            _ = try await world.parts.bundles.activate(digest, by: "test", at: Date(), tenant: agency, in: tx)
        }
        #expect(try await world.decide(world.question(1), tenant: client).verdict == .allow)
        let followers = try await world.database.system.withTransaction { try await world.parts.settings.followers(in: $0) }
        #expect(followers == [client])
        #expect(try await world.governance.publishing.followers.refresh(client))
        #expect(try await world.decide(world.question(1), tenant: client).verdict == .deny)
        await world.database.close()
    }

    @Test func bundlesAreListedReadAndCompared() async throws {
        let world = try await World()
        let first = try await world.publish(Self.open)
        let second = try await world.publish(Self.closed)
        let page = try await world.governance.listBundles(.init(page: .init(limit: 1)), context: admin(world))
        #expect(page.bundles.map(\.digest) == [second.digest] && page.bundles[0].active)
        let rest = try await world.governance.listBundles(.init(page: .init(cursor: page.nextCursor, limit: 5)), context: admin(world))
        #expect(rest.bundles.map(\.digest) == [first.digest] && rest.nextCursor.isEmpty)
        let difference = try await world.governance.diffBundles(.init(toDigest: first.digest), context: admin(world))
        #expect(difference.changes.map { "\($0.policyID) \($0.kind)" } == ["never removed"])
        #expect(!difference.entitiesChanged && difference.changes[0].before.contains("forbid"))
        let stranger = world.call(.gateway, tenant: .make(), principal: "x")
        await #expect { _ = try await world.governance.getBundle(.init(digest: first.digest), context: stranger) } throws: {
            ($0 as? RPCError)?.code == .notFound
        }
        await world.database.close()
    }
}
