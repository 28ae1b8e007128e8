/// All ancestors of every entity, by a walk without recursion: a hierarchy may be as deep as it is large.
enum AncestorClosure {
    static func compute(_ parents: [EntityUID: [EntityUID]]) throws(EntitiesError) -> [EntityUID: Set<EntityUID>] {
        var done: [EntityUID: Set<EntityUID>] = [:]
        var path: Set<EntityUID> = []
        for start in parents.keys where done[start] == nil {
            var stack = [(uid: start, next: 0)]
            path = [start]
            while let (uid, next) = stack.last {
                let direct = parents[uid] ?? []
                guard next < direct.count else {
                    done[uid] = direct.reduce(into: Set(direct)) { $0.formUnion(done[$1] ?? []) }
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
}
