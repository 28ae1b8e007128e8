/// A set: no order, nothing twice.
public struct SetValue: Sendable {
    private final class Storage: Sendable {
        let elements: [Value]
        /// Kept where a search in line would cost more.
        let index: Set<Value>?
        let digest: Int

        init(_ values: [Value]) {
            if values.count <= SetValue.indexedFrom {
                elements = SetValue.unique(values)
                index = nil
            } else {
                let index = Set(values)
                elements = Array(index)
                self.index = index
            }
            // Order must not matter, so the members' digests are combined by a commutative operation.
            digest = elements.reduce(0x5E7) { $0 &+ $1.digest &* 0x9E37_79B9 }
        }
    }

    private static let indexedFrom = 8
    private let storage: Storage

    public init(_ values: [Value]) { storage = Storage(values) }

    /// In no particular order.
    public var elements: [Value] { storage.elements }
    public var count: Int { storage.elements.count }
    public var isEmpty: Bool { storage.elements.isEmpty }
    var digest: Int { storage.digest }

    public func contains(_ value: Value) -> Bool {
        if let index = storage.index { return index.contains(value) }
        return storage.elements.contains(value)
    }

    func isSuperset(of other: SetValue) -> Bool { other.count <= count && other.elements.allSatisfy(contains) }

    func intersects(_ other: SetValue) -> Bool {
        let (few, many) = count < other.count ? (self, other) : (other, self)
        return few.elements.contains(where: many.contains)
    }

    private static func unique(_ values: [Value]) -> [Value] {
        var kept: [Value] = []
        kept.reserveCapacity(values.count)
        for value in values where !kept.contains(value) { kept.append(value) }
        return kept
    }
}

extension SetValue: Hashable {
    public static func == (a: SetValue, b: SetValue) -> Bool {
        if a.storage === b.storage { return true }
        return a.digest == b.digest && a.count == b.count && a.isSuperset(of: b)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
