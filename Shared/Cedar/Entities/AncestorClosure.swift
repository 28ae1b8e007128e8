/// All ancestors of every entity, by a walk without recursion: a hierarchy may be as deep as it is large.
enum AncestorClosure {
    /// Of one entity that are kept; and of all, so that a hostile hierarchy costs no more than this.
    static let keptMax = 256
    static let keptInAllMax = 1 << 22

    /// Nil for an entity with more ancestors than are kept.
    static func compute(_ parents: [EntityUID: [EntityUID]]) throws(EntitiesError) -> [EntityUID: Set<EntityUID>?] {
        var done: [EntityUID: Set<EntityUID>?] = [:]
        done.reserveCapacity(parents.count)
        var kept = 0
        var path: Set<EntityUID> = []
        for start in parents.keys where done[start] == nil {
            var stack = [(uid: start, next: 0)]
            path = [start]
            while let (uid, next) = stack.last {
                let direct = parents[uid] ?? []
                guard next < direct.count else {
                    let ancestors = kept < keptInAllMax ? union(direct, done) : nil
                    kept += ancestors?.count ?? 0
                    done.updateValue(ancestors, forKey: uid)
                    path.remove(uid)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let parent = direct[next]
                guard !path.contains(parent) else { throw .cycle(parent) }
                if done[parent] == nil {
                    stack.append((parent, 0))
                    path.insert(parent)
                }
            }
        }
        return done
    }

    private static func union(_ direct: [EntityUID], _ done: [EntityUID: Set<EntityUID>?]) -> Set<EntityUID>? {
        var ancestors = Set(direct)
        for parent in direct {
            guard let known = done[parent] else { continue }
            guard let above = known else { return nil }
            ancestors.formUnion(above)
            guard ancestors.count <= keptMax else { return nil }
        }
        return ancestors.count <= keptMax ? ancestors : nil
    }
}
