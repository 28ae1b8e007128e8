/// That an attribute or a tag is there, on what an expression comes to.
struct Capability: Hashable {
    /// The shape of the expression.
    let on: Int32
    /// The shape of the name: a string for attributes, any expression for tags.
    let name: Int32
    let isTag: Bool
}

/// What is known to be there where an expression comes to true.
struct Capabilities {
    private(set) var all: Set<Capability> = []

    static let none = Capabilities()

    init(_ all: Set<Capability> = []) { self.all = all }

    var count: Int { all.count }
    func contains(_ capability: Capability) -> Bool { all.contains(capability) }

    /// Adds the fewer to the more.
    consuming func union(_ other: Capabilities) -> Capabilities {
        if other.all.isEmpty { return self }
        if all.isEmpty { return other }
        if all.count < other.all.count {
            var more = other.all
            more.formUnion(all)
            return Capabilities(more)
        }
        all.formUnion(other.all)
        return self
    }

    func intersection(_ other: Capabilities) -> Capabilities {
        all.isEmpty || other.all.isEmpty ? .none : Capabilities(all.intersection(other.all))
    }
}
