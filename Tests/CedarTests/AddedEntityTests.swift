import Testing

@testable import Cedar

/// Entities laid over others must be told from entities that were given all at once by nothing but their cost.
@Suite struct AddedEntityTests {
    private static let names = (0..<12).map { EntityUID(type: "Role", id: Text("r\($0)")) }

    @Test func anEntityThatIsAddedIsInWhatItsParentsAreIn() throws {
        let base = try Entities([Entity(uid: Self.names[1], parents: [Self.names[2]]), Entity(uid: Self.names[2], parents: [Self.names[3]])])
        let entities = try base.adding(Entity(uid: Self.names[0], parents: [Self.names[1]]))
        #expect(entities.isMember(Self.names[0], of: Self.names[3]))
        #expect(!base.isMember(Self.names[0], of: Self.names[3]))
        #expect(entities.count == 3)
    }

    @Test func whatIsBelowAnAddedEntityFollowsIt() throws {
        let base = try Entities([Entity(uid: Self.names[0], parents: [Self.names[1]])])
        let entities = try base.adding(Entity(uid: Self.names[1], parents: [Self.names[2]]))
        #expect(entities.isMember(Self.names[0], of: Self.names[2]))
        #expect(throws: EntitiesError.self) { try base.adding(Entity(uid: Self.names[1], parents: [Self.names[0]])) }
        #expect(throws: EntitiesError.self) { try base.adding(Entity(uid: Self.names[5], parents: [Self.names[5]])) }
    }

    @Test func addingOneByOneIsGivingAllAtOnce() throws {
        for seed in 0..<400 as Range<UInt64> {
            var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
            func roll(_ bound: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            func random() -> Entity { Entity(uid: Self.names[roll(12)], parents: (0..<roll(3)).map { _ in Self.names[roll(12)] }) }
            let list = Dictionary((0..<roll(8)).map { _ in random() }.map { ($0.uid, $0) }, uniquingKeysWith: { $1 }).values.map(\.self)
            guard var layered = try? Entities(list) else { continue }
            var whole = Dictionary(uniqueKeysWithValues: list.map { ($0.uid, $0) })
            for _ in 0..<roll(12) {
                let added = random()
                whole[added.uid] = added
                let expected = try? Entities(Array(whole.values))
                let found = try? layered.adding(added)
                #expect((expected == nil) == (found == nil), "seed \(seed)")
                guard let expected, let found else { break }
                layered = found
                #expect(found.count == expected.count, "seed \(seed)")
                #expect(Set(found.all) == Set(expected.all), "seed \(seed)")
                for a in Self.names {
                    for b in Self.names { #expect(found.isMember(a, of: b) == expected.isMember(a, of: b), "seed \(seed): \(a) in \(b)") }
                    var above: Set<EntityUID> = []
                    var expectedAbove: Set<EntityUID> = []
                    found.forEachAncestor(of: a) { above.insert($0) }
                    expected.forEachAncestor(of: a) { expectedAbove.insert($0) }
                    #expect(above == expectedAbove, "seed \(seed): above \(a)")
                }
            }
        }
    }
}
