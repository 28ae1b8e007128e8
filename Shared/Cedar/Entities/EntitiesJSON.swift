public import JSON

extension Entities {
    /// Reads Cedar's entities JSON: an array of `{"uid", "attrs", "parents", "tags"}`.
    public init(json: JSONValue) throws(EntitiesError) {
        guard let array = json.arrayValue else { throw .malformed(path: "", reason: "entities are an array") }
        var list: [Entity] = []
        for (index, element) in array.enumerated() { list.append(try Entity(json: element, path: "[\(index)]")) }
        try self.init(list)
    }
}

extension Entity {
    public init(json: JSONValue) throws(EntitiesError) { try self.init(json: json, path: "") }

    fileprivate init(json: JSONValue, path: String) throws(EntitiesError) {
        guard let members = json.objectValue, let uid = members["uid"] else {
            throw .malformed(path: path, reason: "an entity is an object with \"uid\", \"attrs\" and \"parents\"")
        }
        var parents: [EntityUID] = []
        for (index, parent) in (members["parents"]?.arrayValue ?? []).enumerated() {
            parents.append(try ValueJSON.uid(parent, "\(path).parents[\(index)]"))
        }
        self.init(
            uid: try ValueJSON.uid(uid, "\(path).uid"),
            attributes: try Entity.record(members["attrs"], "\(path).attrs"),
            tags: try Entity.record(members["tags"], "\(path).tags"),
            parents: parents)
    }

    private static func record(_ json: JSONValue?, _ path: String) throws(EntitiesError) -> RecordValue {
        guard let json else { return .empty }
        guard let members = json.objectValue else { throw .malformed(path: path, reason: "an object is expected") }
        return try ValueJSON.record(members, path)
    }
}

extension RecordValue {
    /// Reads a request's context.
    public init(json: JSONValue) throws(EntitiesError) {
        guard let members = json.objectValue else { throw .malformed(path: "context", reason: "a context is an object") }
        self = try ValueJSON.record(members, "context")
    }
}

extension EntityUID {
    /// Reads `{"type": …, "id": …}`.
    public init(json: JSONValue) throws(EntitiesError) { self = try ValueJSON.uid(json, "") }
}
