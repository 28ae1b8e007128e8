extension CELValue {
    /// CEL's equality: never an error, false between types, except that numbers compare across `int`, `uint` and `double`.
    public func equals(_ other: CELValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.type(let a), .type(let b)): a == b
        case (.list(let a), .list(let b)): a.equals(b)
        case (.map(let a), .map(let b)): a.equals(b)
        default: NumericOrder(self, other) == .equal
        }
    }

    /// Nil where the two have no order: different types, or a type without one.
    func isLess(than other: CELValue, orEqual: Bool) -> Bool? {
        switch (self, other) {
        case (.bool(let a), .bool(let b)): return orEqual ? !a || b : !a && b
        case (.string(let a), .string(let b)):
            // UTF-8 has the order of code points.
            return orEqual ? !b.utf8.lexicographicallyPrecedes(a.utf8) : a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.bytes(let a), .bytes(let b)): return orEqual ? !b.lexicographicallyPrecedes(a) : a.lexicographicallyPrecedes(b)
        default:
            guard let order = NumericOrder(self, other) else { return nil }
            return order == .less || (orEqual && order == .equal)
        }
    }
}

extension CELList {
    func equals(_ other: CELList) -> Bool {
        count == other.count && (0..<count).allSatisfy { self[$0].equals(other[$0]) }
    }
}

extension CELMap {
    func equals(_ other: CELMap) -> Bool {
        count == other.count && entries.allSatisfy { entry in other[entry.key].map(entry.value.equals) ?? false }
    }
}

/// How two numbers of any of the three types stand to each other; nil (from the initialiser) where one is no number.
private enum NumericOrder {
    case less, equal, greater
    /// One of them is NaN.
    case unordered

    init?(_ a: CELValue, _ b: CELValue) {
        switch (a, b) {
        case (.int(let a), .int(let b)): self.init(a, b)
        case (.uint(let a), .uint(let b)): self.init(a, b)
        case (.double(let a), .double(let b)): self.init(a, b)
        case (.int(let a), .uint(let b)): self = a < 0 ? .less : Self(UInt64(a), b)
        case (.uint(let a), .int(let b)): self = b < 0 ? .greater : Self(a, UInt64(b))
        // As the reference implementation: the integer is rounded to a double, after which both ends of its range are safe.
        case (.int(let a), .double(let b)): self.init(Double(a), b)
        case (.double(let a), .int(let b)): self.init(a, Double(b))
        case (.uint(let a), .double(let b)): self.init(Double(a), b)
        case (.double(let a), .uint(let b)): self.init(a, Double(b))
        default: return nil
        }
    }

    private init<Number: Comparable>(_ a: Number, _ b: Number) {
        self = a < b ? .less : a > b ? .greater : a == b ? .equal : .unordered
    }
}
