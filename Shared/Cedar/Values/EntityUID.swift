/// The name of one entity: its type, which may have a namespace, and its id.
public struct EntityUID: Sendable {
    private final class Storage: Sendable {
        let type: Text
        let id: Text
        let digest: Int

        init(type: Text, id: Text) {
            self.type = type
            self.id = id
            var hasher = Hasher()
            hasher.combine(type.digest)
            hasher.combine(id.digest)
            digest = hasher.finalize()
        }
    }

    private let storage: Storage

    public init(type: Text, id: Text) { storage = Storage(type: type, id: id) }

    /// The whole name of the type, such as `Shop::Customer`.
    public var type: Text { storage.type }
    public var id: Text { storage.id }
    var digest: Int { storage.digest }
}

extension EntityUID: Hashable, Comparable {
    public static func == (a: EntityUID, b: EntityUID) -> Bool {
        if a.storage === b.storage { return true }
        return a.digest == b.digest && a.id == b.id && a.type == b.type
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    public static func < (a: EntityUID, b: EntityUID) -> Bool { a.type == b.type ? a.id < b.id : a.type < b.type }
}

extension EntityUID: CustomStringConvertible {
    /// As it stands in a policy: `User::"alice"`.
    public var description: String { "\(type)::\(id.quoted)" }
}
