/// One entity with all that policies can see of it.
public struct Entity: Sendable, Hashable {
    public let uid: EntityUID
    public let attributes: RecordValue
    public let tags: RecordValue
    public let parents: [EntityUID]

    public init(uid: EntityUID, attributes: RecordValue = .empty, tags: RecordValue = .empty, parents: [EntityUID] = []) {
        self.uid = uid
        self.attributes = attributes
        self.tags = tags
        self.parents = parents
    }
}
