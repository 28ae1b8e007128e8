extension Entities {
    /// Of these entities those that policies of a level can look into when they decide a request: those that the request names are of level
    /// 1, those that their attributes and tags name of level 2, and so on. Each keeps all that it is in, although what that is may be left
    /// out.
    ///
    /// Policies that are valid at the level decide the request with these as they do with all.
    public func slice(for request: Request, level: Int) throws(EntitiesError) -> Entities {
        var kept: [Entity] = []
        var seen: Set<EntityUID> = []
        var next = [request.principal, request.action, request.resource] + Self.entities(in: .record(request.context))
        for _ in 0..<max(0, level) {
            var found: [EntityUID] = []
            for uid in next {
                guard seen.insert(uid).inserted, let entity = self[uid] else { continue }
                var ancestors: Set<EntityUID> = []
                forEachAncestor(of: uid) { ancestors.insert($0) }
                kept.append(Entity(uid: uid, attributes: entity.attributes, tags: entity.tags, parents: ancestors.sorted()))
                found += Self.entities(in: .record(entity.attributes)) + Self.entities(in: .record(entity.tags))
            }
            next = found
        }
        return try Entities(kept)
    }

    private static func entities(in value: Value) -> [EntityUID] {
        var found: [EntityUID] = []
        var waiting = [value]
        while let value = waiting.popLast() {
            switch value {
            case .entity(let uid): found.append(uid)
            case .set(let set): waiting += set.elements
            case .record(let record): waiting += record.map(\.1)
            default: break
            }
        }
        return found
    }
}
