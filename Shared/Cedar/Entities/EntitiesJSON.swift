public import JSON

extension Entities {
    /// Reads Cedar's entities JSON: an array of `{"uid", "attrs", "parents", "tags"}`. Where shapes are known, escapes may be left
    /// out, and the actions come along.
    public init(json: JSONValue, shapes: (any ValueShapes)? = nil) throws(EntitiesError) {
        guard let array = json.arrayValue else { throw .malformed(path: "", reason: "entities are an array") }
        var list: [Entity] = []
        for (index, element) in array.enumerated() { list.append(try Entity(json: element, shapes: shapes, path: "[\(index)]")) }
        let given = Set(list.map(\.uid))
        list += (shapes?.actions ?? []).filter { !given.contains($0.uid) }
        try self.init(list)
    }
}

extension Entity {
    public init(json: JSONValue) throws(EntitiesError) { try self.init(json: json, shapes: nil, path: "") }

    fileprivate init(json: JSONValue, shapes: (any ValueShapes)?, path: String) throws(EntitiesError) {
        guard let members = json.objectValue, let uid = members["uid"], let attributes = members["attrs"],
            let parentList = members["parents"]?.arrayValue
        else {
            throw .malformed(path: path, reason: "an entity is an object with \"uid\", \"attrs\" and \"parents\"")
        }
        var parents: [EntityUID] = []
        for (index, parent) in parentList.enumerated() {
            parents.append(try ValueJSON.uid(parent, "\(path).parents[\(index)]"))
        }
        let name = try ValueJSON.uid(uid, "\(path).uid")
        if TypeName.basename(of: name.type) == "Action", let other = parents.first(where: { TypeName.basename(of: $0.type) != "Action" }) {
            throw .malformed(path: "\(path).parents", reason: "the parents of an action are actions, and \(other) is none")
        }
        let tagShape = shapes?.tags(of: name.type) ?? .any
        self.init(
            uid: name,
            attributes: try Entity.record(attributes, shapes?.attributes(of: name.type) ?? .any, "\(path).attrs"),
            tags: try Entity.record(members["tags"], everyMember: tagShape, "\(path).tags"),
            parents: parents)
    }

    private static func record(_ json: JSONValue?, everyMember shape: ValueShape, _ path: String) throws(EntitiesError) -> RecordValue {
        guard shape != .any, let members = json?.objectValue else { return try record(json, .any, path) }
        let shapes = Dictionary(members.keys.map { (Text($0), shape) }) { first, _ in first }
        return try record(json, .record(shapes), path)
    }

    private static func record(_ json: JSONValue?, _ shape: ValueShape, _ path: String) throws(EntitiesError) -> RecordValue {
        guard let json else { return .empty }
        guard let members = json.objectValue else { throw .malformed(path: path, reason: "an object is expected") }
        return try ValueJSON.record(members, shape, path)
    }
}

extension RecordValue {
    /// Reads a request's context.
    public init(json: JSONValue, shape: ValueShape = .any) throws(EntitiesError) {
        guard case .record(let record) = try ValueJSON.value(json, shape, "context") else {
            throw .malformed(path: "context", reason: "a context is an object")
        }
        self = record
    }
}

extension EntityUID {
    /// Reads `{"type": …, "id": …}`.
    public init(json: JSONValue) throws(EntitiesError) { self = try ValueJSON.uid(json, "") }
}
