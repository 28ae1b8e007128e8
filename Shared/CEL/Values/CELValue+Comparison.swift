extension CELValue {
    /// CEL's equality: never an error, false between types, except that numbers compare across `int`, `uint` and `double`.
    public func equals(_ other: CELValue) -> Bool {
        var meter = Meter(CELLimits(length: 0, depth: 0, nodes: 0, steps: .max))
        return (try? meter.areEqual(self, other)) ?? false
    }

    /// Nil where the two have no order: different types, or a type without one.
    func isLess(than other: CELValue, orEqual: Bool) -> Bool? {
        switch (self, other) {
        case (.bool(let a), .bool(let b)): return orEqual ? !a || b : !a && b
        case (.string(let a), .string(let b)):
            // UTF-8 has the order of code points.
            return orEqual ? !b.utf8.lexicographicallyPrecedes(a.utf8) : a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.timestamp(let a), .timestamp(let b)): return orEqual ? a <= b : a < b
        case (.duration(let a), .duration(let b)): return orEqual ? a <= b : a < b
        case (.bytes(let a), .bytes(let b)): return orEqual ? !b.lexicographicallyPrecedes(a) : a.lexicographicallyPrecedes(b)
        default:
            guard let order = NumericOrder(self, other) else { return nil }
            return order == .less || (orEqual && order == .equal)
        }
    }
}

/// Equality that pays for what it looks at: values share their parts, so that a small expression can make one that is endless to walk.
extension Meter {
    mutating func areEqual(_ a: CELValue, _ b: CELValue) throws(CELEvaluationError) -> Bool {
        switch (a, b) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)):
            guard a.utf8.count == b.utf8.count else { return false }
            try spend(a.utf8.count / 16)
            return a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)):
            guard a.count == b.count else { return false }
            try spend(a.count / 16)
            return a == b
        case (.type(let a), .type(let b)): return a == b
        case (.list(let a), .list(let b)): return try areEqual(a, b)
        case (.map(let a), .map(let b)): return try areEqual(a, b)
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.address(let a), .address(let b)): return a == b
        case (.network(let a), .network(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.optional(let a?), .optional(let b?)): return try areEqual(a, b)
        case (.optional(nil), .optional(nil)): return true
        default: return NumericOrder(a, b) == .equal
        }
    }

    private mutating func areEqual(_ a: CELList, _ b: CELList) throws(CELEvaluationError) -> Bool {
        guard a.count == b.count else { return false }
        for position in 0..<a.count {
            try spend(1)
            guard try areEqual(a[position], b[position]) else { return false }
        }
        return true
    }

    private mutating func areEqual(_ a: CELMap, _ b: CELMap) throws(CELEvaluationError) -> Bool {
        guard a.count == b.count else { return false }
        for entry in a.entries {
            try spend(1)
            guard let other = b[entry.key], try areEqual(entry.value, other) else { return false }
        }
        return true
    }

    mutating func contains(_ list: CELList, _ element: CELValue) throws(CELEvaluationError) -> Bool {
        for position in 0..<list.count {
            try spend(1)
            if try areEqual(list[position], element) { return true }
        }
        return false
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

extension CELValue {
    /// What copying or comparing it costs in steps.
    var extent: Int {
        switch self {
        case .string(let value): value.utf8.count / 16
        case .bytes(let value): value.count / 16
        case .list(let value): value.count
        case .map(let value): value.count
        default: 0
        }
    }
}
