import Testing

@testable import Cedar

@Suite("Scope index")
struct ScopeIndexTests {
    private static let types: [Text] = ["User", "Group", "Photo"]

    private func uid(_ random: inout SplitMix) -> EntityUID {
        EntityUID(type: Self.types.randomElement(using: &random) ?? "User", id: Text("\(Int.random(in: 0..<6, using: &random))"))
    }

    private func action(_ random: inout SplitMix) -> EntityUID { EntityUID(type: "Action", id: Text("\(Int.random(in: 0..<5, using: &random))")) }

    private func constraint(_ variable: String, _ random: inout SplitMix) -> String {
        let type = Self.types.randomElement(using: &random) ?? "User"
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return variable
        case 2: return "\(variable) == \(uid(&random))"
        case 3: return "\(variable) in \(uid(&random))"
        case 4: return "\(variable) is \(type)"
        default: return "\(variable) is \(type) in \(uid(&random))"
        }
    }

    private func actionConstraint(_ random: inout SplitMix) -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: "action"
        case 1, 2: "action == \(action(&random))"
        case 3: "action in \(action(&random))"
        default: "action in [\((0..<Int.random(in: 0..<3, using: &random)).map { _ in action(&random).description }.joined(separator: ", "))]"
        }
    }

    private func policies(_ count: Int, _ random: inout SplitMix) -> String {
        (0..<count).map { _ in
            let effect = Bool.random(using: &random) ? "permit" : "forbid"
            let condition = ["", " when { principal == resource }", " unless { 1 + context.x == 2 }"].randomElement(using: &random) ?? ""
            return "\(effect)(\(constraint("principal", &random)), \(actionConstraint(&random)), \(constraint("resource", &random)))\(condition);"
        }.joined(separator: "\n")
    }

    /// Every entity is below some that come after it, so that there is no cycle.
    private func entities(_ random: inout SplitMix) throws -> Entities {
        let all = Self.types.flatMap { type in (0..<6).map { EntityUID(type: type, id: Text("\($0)")) } }
        var list = all.enumerated().filter { _ in Int.random(in: 0..<5, using: &random) > 0 }.map { index, uid in
            Entity(uid: uid, parents: Array(all[(index + 1)...].shuffled(using: &random).prefix(Int.random(in: 0..<3, using: &random))))
        }
        list += (0..<3).map { number in
            Entity(uid: EntityUID(type: "Action", id: Text("\(number)")), parents: [EntityUID(type: "Action", id: Text("\(number + 1)"))])
        }
        return try Entities(list)
    }

    @Test("It changes no answer", arguments: [0, 1, 3, 5, 20, 100])
    func equality(_ count: Int) throws {
        for seed in 0..<60 as Range<UInt64> {
            var random = SplitMix(state: seed &* 7_919 &+ UInt64(count))
            let set = try PolicySet(parsing: policies(count, &random))
            let entities = try entities(&random)
            for _ in 0..<10 {
                let request = Request(principal: uid(&random), action: action(&random), resource: uid(&random))
                let response = Authorizer.isAuthorized(request, set, entities)
                #expect(response == Authorizer.isAuthorizedByScan(request, set, entities), "seed \(seed)")
            }
        }
    }

    @Test("Policies that cannot match are not looked at")
    func selectivity() throws {
        let text = (0..<1000).map { "permit(principal in Role::\"r\($0 % 50)\", action == Action::\"a\($0 / 50)\", resource is Doc);" }.joined()
        let set = try PolicySet(parsing: text + "forbid(principal, action, resource) when { context.stop };")
        let user = EntityUID(type: "User", id: "u")
        let entities = try Entities([Entity(uid: user, parents: [EntityUID(type: "Role", id: "r7"), EntityUID(type: "Role", id: "r8")])])
        let request = Request(principal: user, action: EntityUID(type: "Action", id: "a3"), resource: EntityUID(type: "Doc", id: "d"))
        #expect(set.index.candidates(request, entities).count <= 3 + 2 * ScopeIndex.leafMax)
        #expect(Authorizer.isAuthorized(request, set, entities).satisfiedPermits == ["policy157", "policy158"])
    }

    @Test("Hierarchies beyond what is kept of them are walked", arguments: [10, 300, 5_000])
    func deep(_ depth: Int) throws {
        func group(_ number: Int) -> EntityUID { EntityUID(type: "G", id: Text("\(number)")) }
        let entities = try Entities((0..<depth).map { Entity(uid: group($0), parents: [group($0 + 1)]) })
        #expect(entities.isMember(group(0), of: group(depth)))
        #expect(!entities.isMember(group(1), of: group(0)))
        let set = try PolicySet(parsing: (0..<20).map { "permit(principal in G::\"\(depth - $0)\", action, resource);" }.joined())
        let request = Request(principal: group(0), action: EntityUID(type: "Action", id: "a"), resource: group(0))
        #expect(Authorizer.isAuthorized(request, set, entities) == Authorizer.isAuthorizedByScan(request, set, entities))
        #expect(Authorizer.isAuthorized(request, set, entities).satisfiedPermits.count == min(20, depth + 1))
    }
}
