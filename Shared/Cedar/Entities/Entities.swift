/// The entities that a decision can see, with everything that each of them is in.
public struct Entities: Sendable {
    private struct Entry: Sendable {
        let entity: Entity
        /// Nil where there are so many that they are walked to each time.
        let ancestors: Set<EntityUID>?
    }

    private let entries: [EntityUID: Entry]
    /// Stand in front of `entries`; so few that a search in line finds them soonest.
    private let added: [Entry]
    /// Everything that one of `entries` is directly in.
    private let parents: Set<EntityUID>

    /// Beyond this many additions they are laid into one table.
    private static let addedMax = 8

    public static let none = Entities(entries: [:], added: [], parents: [])

    private init(entries: [EntityUID: Entry], added: [Entry], parents: Set<EntityUID>) {
        self.entries = entries
        self.added = added
        self.parents = parents
    }

    /// Refused are two different entities of one name, and a hierarchy with a cycle.
    public init(_ list: [Entity]) throws(EntitiesError) {
        var byUID: [EntityUID: Entity] = [:]
        for entity in list {
            if let other = byUID[entity.uid], other != entity { throw .duplicate(entity.uid) }
            byUID[entity.uid] = entity
        }
        let ancestors = try AncestorClosure.compute(byUID.mapValues(\.parents))
        entries = byUID.mapValues { Entry(entity: $0, ancestors: ancestors[$0.uid] ?? nil) }
        added = []
        parents = Set(byUID.values.flatMap(\.parents))
    }

    /// These entities with one more, or with another in the place of the one of its name. What is here already is not looked at again,
    /// unless something of it is in `entity`, whose ancestors it then has too.
    ///
    /// - Throws: Where the hierarchy then has a cycle.
    public func adding(_ entity: Entity) throws(EntitiesError) -> Entities {
        let isAbove = parents.contains(entity.uid) || added.contains { $0.entity.parents.contains(entity.uid) }
        guard !isAbove, added.count < Self.addedMax else { return try Entities(all.filter { $0.uid != entity.uid } + [entity]) }
        guard !entity.parents.contains(entity.uid) else { throw .cycle(entity.uid) }
        let entry = Entry(entity: entity, ancestors: ancestors(of: entity))
        return Entities(entries: entries, added: added.filter { $0.entity.uid != entity.uid } + [entry], parents: parents)
    }

    private func ancestors(of entity: Entity) -> Set<EntityUID>? {
        var found = Set(entity.parents)
        for parent in entity.parents {
            guard let above = entry(parent) else { continue }
            guard let ancestors = above.ancestors else { return nil }
            found.formUnion(ancestors)
        }
        return found.count <= AncestorClosure.keptMax ? found : nil
    }

    private func entry(_ uid: EntityUID) -> Entry? {
        for entry in added where entry.entity.uid == uid { return entry }
        return entries[uid]
    }

    public var count: Int { entries.count + added.count { entries[$0.entity.uid] == nil } }
    public subscript(uid: EntityUID) -> Entity? { entry(uid)?.entity }
    public var all: [Entity] {
        let shadowed = added.map(\.entity.uid)
        return entries.values.lazy.map(\.entity).filter { !shadowed.contains($0.uid) } + added.map(\.entity)
    }

    /// Whether `uid` is `ancestor` or somewhere below it. An entity that does not exist is in itself only.
    public func isMember(_ uid: EntityUID, of ancestor: EntityUID) -> Bool {
        if uid == ancestor { return true }
        guard let entry = self.entry(uid) else { return false }
        if let ancestors = entry.ancestors { return ancestors.contains(ancestor) }
        var found = false
        walk(up: entry) { found = found || $0 == ancestor }
        return found
    }

    /// Everything that an entity is in, apart from itself; each once.
    func forEachAncestor(of uid: EntityUID, _ body: (EntityUID) -> Void) {
        guard let entry = self.entry(uid) else { return }
        if let ancestors = entry.ancestors { ancestors.forEach(body) } else { walk(up: entry, body) }
    }

    private func walk(up entry: Entry, _ body: (EntityUID) -> Void) {
        var seen: Set<EntityUID> = []
        var waiting = entry.entity.parents
        while let uid = waiting.popLast() {
            guard seen.insert(uid).inserted else { continue }
            body(uid)
            waiting += self.entry(uid)?.entity.parents ?? []
        }
    }

    /// The right side of an `in`: an entity, or a set of nothing but entities.
    func isMember(_ uid: EntityUID, of target: Value) throws(EvaluationFault) -> Bool {
        switch target {
        case .entity(let ancestor): return isMember(uid, of: ancestor)
        case .set(let set):
            var isIn = false
            // All elements are looked at, since one that is no entity makes the whole an error.
            for element in set.elements where try isMember(uid, of: element.asEntity()) { isIn = true }
            return isIn
        default: throw target.mismatch("entity or set of entities")
        }
    }

    func attribute(_ name: Text, of base: Value) throws(EvaluationFault) -> Value {
        switch base {
        case .record(let record):
            guard let value = record[name] else { throw .recordLacksAttribute(name) }
            return value
        case .entity(let uid):
            guard let entry = self.entry(uid) else { throw .entityDoesNotExist(uid) }
            guard let value = entry.entity.attributes[name] else { throw .entityLacksAttribute(uid, name) }
            return value
        default: throw base.mismatch("record or entity")
        }
    }

    /// `base has a.b.c` is `base has a && base.a has b && base.a.b has c`.
    func has(_ path: [Text], in base: Value) throws(EvaluationFault) -> Bool {
        var current = base
        for name in path {
            let found: Value?
            switch current {
            case .record(let record): found = record[name]
            case .entity(let uid): found = entry(uid)?.entity.attributes[name]
            default: throw current.mismatch("record or entity")
            }
            guard let found else { return false }
            current = found
        }
        return true
    }

    func hasTag(_ name: Text, _ uid: EntityUID) -> Bool { entry(uid)?.entity.tags[name] != nil }

    func tag(_ name: Text, of uid: EntityUID) throws(EvaluationFault) -> Value {
        guard let entry = self.entry(uid) else { throw .entityDoesNotExist(uid) }
        guard let value = entry.entity.tags[name] else { throw .entityLacksTag(uid, name) }
        return value
    }
}

/// Why a list of entities is refused.
public enum EntitiesError: Error, Hashable, Sendable, CustomStringConvertible {
    case duplicate(EntityUID)
    case cycle(EntityUID)
    /// The JSON is not the form that Cedar's entities take; the path says where.
    case malformed(path: String, reason: String)

    public var description: String {
        switch self {
        case .duplicate(let uid): "the entity \(uid) is given twice"
        case .cycle(let uid): "the entity \(uid) is its own ancestor"
        case .malformed(let path, let reason): path.isEmpty ? reason : "\(path): \(reason)"
        }
    }
}
