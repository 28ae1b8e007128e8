import Testing

@testable import Cedar

@Suite("Templates")
struct TemplateTests {
    private let text = """
        @id("share") permit(principal == ?principal, action, resource in ?resource) when { context.ok };
        permit(principal is User in ?principal, action, resource);
        forbid(principal, action, resource) when { context.stop };
        """

    private func uid(_ type: Text, _ id: Text) -> EntityUID { EntityUID(type: type, id: id) }

    private func decide(_ set: PolicySet, principal: EntityUID, resource: EntityUID) throws -> Response {
        let album = uid("Album", "a")
        let entities = try Entities([Entity(uid: uid("Photo", "p"), parents: [album]), Entity(uid: uid("User", "u"), parents: [uid("Group", "g")])])
        let context = RecordValue([("ok", .bool(true)), ("stop", .bool(false))])
        return Authorizer.isAuthorized(
            Request(principal: principal, action: uid("Action", "view"), resource: resource, context: context), set, entities)
    }

    @Test("A template decides nothing; its links do")
    func links() throws {
        let set = try PolicySet(parsing: text)
        #expect(set.templates.map(\.id) == ["share", "policy1"])
        #expect(set.templates.map(\.slots) == [[.principal, .resource], [.principal]])
        #expect(set.policies.map(\.id) == ["policy2"])
        let (user, photo) = (uid("User", "u"), uid("Photo", "p"))
        #expect(try decide(set, principal: user, resource: photo).decision == .deny)
        let linked = try set.linking([
            .init(template: "share", id: "one", values: [.principal: user, .resource: uid("Album", "a")]),
            .init(template: "share", id: "two", values: [.principal: uid("User", "v"), .resource: photo]),
            .init(template: "policy1", id: "three", values: [.principal: uid("Group", "g")]),
        ])
        #expect(try decide(linked, principal: user, resource: photo).reasons == ["one", "three"])
        #expect(linked["one"]?.link == TemplateLink(template: "share", values: [.principal: user, .resource: uid("Album", "a")]))
        #expect(try decide(linked.unlinking("one"), principal: user, resource: photo).reasons == ["three"])
    }

    @Test("Links that are refused leave nothing behind")
    func refused() throws {
        let set = try PolicySet(parsing: text)
        let user = uid("User", "u")
        let good = PolicySet.Link(template: "policy1", id: "new", values: [.principal: user])
        let cases: [(PolicySet.Link, LinkError)] = [
            (.init(template: "policy2", id: "x", values: [:]), .noSuchTemplate("policy2")),
            (.init(template: "policy1", id: "policy2", values: [.principal: user]), .idIsTaken("policy2")),
            (.init(template: "policy1", id: "share", values: [.principal: user]), .idIsTaken("share")),
            (good, .idIsTaken("new")),
            (.init(template: "policy1", id: "x", values: [:]), .wrongSlots(template: "policy1", expected: [.principal], found: [])),
            (
                .init(template: "policy1", id: "x", values: [.principal: user, .resource: user]),
                .wrongSlots(template: "policy1", expected: [.principal], found: [.principal, .resource])
            ),
        ]
        for (link, error) in cases { #expect(throws: error) { try set.linking([good, link]) } }
        #expect(throws: LinkError.noSuchLink("policy2")) { try set.unlinking("policy2") }
    }
}
