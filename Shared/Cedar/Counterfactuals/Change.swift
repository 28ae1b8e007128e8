/// One thing that could be otherwise than it is in a request and its entities.
public struct Change: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        /// A member of the context, by its path.
        case context([Text])
        /// An attribute of an entity, by its path.
        case attribute(EntityUID, [Text])
        /// Whether the first is directly in the second.
        case membership(EntityUID, in: EntityUID)
    }

    public let place: Place
    /// Nil where there is none; of a membership, whether it is.
    public let from: Value?
    public let to: Value?
}

extension Change.Place: CustomStringConvertible {
    public var description: String {
        switch self {
        case .context(let path): (["context"] + path.map(\.string)).joined(separator: ".")
        case .attribute(let uid, let path): ([uid.description] + path.map(\.string)).joined(separator: ".")
        case .membership(let uid, let group): "\(uid) in \(group)"
        }
    }
}

extension Change: CustomStringConvertible {
    /// `context.level: 2 becomes 4`.
    public var description: String {
        if case .membership(let uid, let group) = place {
            return to == .bool(true) ? "\(uid) joins \(group)" : "\(uid) leaves \(group)"
        }
        return switch (from, to) {
        case (nil, let value?): "\(place): \(value) is given"
        case (let value?, nil): "\(place): \(value) is left out"
        case (let before?, let after?): "\(place): \(before) becomes \(after)"
        case (nil, nil): "\(place): stays away"
        }
    }
}

/// A request with what its entities are, as it could be.
struct Circumstances: Sendable {
    var request: Request
    var entities: Entities

    func value(at place: Change.Place) -> Value? {
        switch place {
        case .context(let path): return Self.value(path, of: request.context)
        case .attribute(let uid, let path): return entities[uid].flatMap { Self.value(path, of: $0.attributes) }
        case .membership(let uid, let group): return .bool(entities[uid]?.parents.contains(group) ?? false)
        }
    }

    /// - Throws: Where the hierarchy would have a cycle.
    func with(_ change: Change) throws(EntitiesError) -> Circumstances {
        var changed = self
        switch change.place {
        case .context(let path): changed.request.context = Self.setting(change.to, at: path[...], of: request.context)
        case .attribute(let uid, let path):
            let entity = entities[uid] ?? Entity(uid: uid)
            let attributes = Self.setting(change.to, at: path[...], of: entity.attributes)
            changed.entities = try entities.adding(Entity(uid: uid, attributes: attributes, tags: entity.tags, parents: entity.parents))
        case .membership(let uid, let group):
            let entity = entities[uid] ?? Entity(uid: uid)
            let others = entity.parents.filter { $0 != group }
            let parents = change.to == .bool(true) ? others + [group] : others
            changed.entities = try entities.adding(Entity(uid: uid, attributes: entity.attributes, tags: entity.tags, parents: parents))
        }
        return changed
    }

    private static func value(_ path: [Text], of record: RecordValue) -> Value? {
        var current = Value.record(record)
        for name in path {
            guard case .record(let members) = current, let next = members[name] else { return nil }
            current = next
        }
        return current
    }

    private static func setting(_ value: Value?, at path: ArraySlice<Text>, of record: RecordValue) -> RecordValue {
        guard let name = path.first else { return record }
        guard path.count == 1 else {
            let inner = if case .record(let members)? = record[name] { members } else { RecordValue.empty }
            return record.setting(name, to: .record(setting(value, at: path.dropFirst(), of: inner)))
        }
        guard let value else { return RecordValue(record.filter { $0.0 != name }) }
        return record.setting(name, to: value)
    }
}
