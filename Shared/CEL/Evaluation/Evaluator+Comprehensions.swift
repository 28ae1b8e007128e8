/// The macros that walk a list or a map.
extension Evaluator {
    private struct Item {
        var first: CELValue
        var second: CELValue?
    }

    mutating func comprehend(_ comprehension: Plan.Comprehension) throws(CELEvaluationError) -> CELValue {
        let range = try evaluate(comprehension.range)
        let items = try items(of: range, comprehension)
        switch comprehension.macro {
        case .all: return try quantify(comprehension, items, deciding: false)
        case .exists: return try quantify(comprehension, items, deciding: true)
        case .existsOne: return .bool(try matching(comprehension, items).count == 1)
        case .filter: return try meter.list(try matching(comprehension, items).map(\.first))
        case .map, .transformList: return try meter.list(try transformed(comprehension, items).map(\.value))
        case .transformMap: return try map(comprehension, items)
        case .transformMapEntry: return try merged(comprehension, items)
        case .sortBy: return try sorted(comprehension, items)
        }
    }

    private mutating func items(of range: CELValue, _ comprehension: Plan.Comprehension) throws(CELEvaluationError) -> [Item] {
        let isPair = comprehension.slots.count == 2
        switch range {
        case .list(let list):
            try meter.spend(list.count)
            let values = list.values
            return isPair
                ? values.enumerated().map { Item(first: .int(Int64($0.offset)), second: $0.element) } : values.map { Item(first: $0, second: nil) }
        case .map(let map) where comprehension.macro != .sortBy:
            try meter.spend(map.count)
            return isPair ? map.entries.map { Item(first: $0.key, second: $0.value) } : map.keys.map { Item(first: $0, second: nil) }
        default: throw .noOverload(comprehension.macro.rawValue, [range], at: position(comprehension.range))
        }
    }

    private mutating func evaluate(
        _ index: Plan.Index, _ comprehension: Plan.Comprehension, _ item: Item
    ) throws(CELEvaluationError) -> CELValue {
        slots[comprehension.slots[0]] = item.first
        if let second = item.second { slots[comprehension.slots[1]] = second }
        return try evaluate(index)
    }

    private mutating func holds(_ comprehension: Plan.Comprehension, for item: Item) throws(CELEvaluationError) -> Bool {
        guard let predicate = comprehension.predicate else { return true }
        let value = try evaluate(predicate, comprehension, item)
        guard case .bool(let holds) = value else { throw .noOverload(comprehension.macro.rawValue, [value], at: position(predicate)) }
        return holds
    }

    private mutating func quantify(
        _ comprehension: Plan.Comprehension, _ items: [Item], deciding: Bool
    ) throws(CELEvaluationError) -> CELValue {
        var failure: CELEvaluationError?
        for item in items {
            do throws(CELEvaluationError) {
                if try holds(comprehension, for: item) == deciding { return .bool(deciding) }
            } catch {
                guard error.reason != .limit else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!deciding)
    }

    private mutating func matching(_ comprehension: Plan.Comprehension, _ items: [Item]) throws(CELEvaluationError) -> [Item] {
        var matching: [Item] = []
        for item in items where try holds(comprehension, for: item) { matching.append(item) }
        return matching
    }

    private mutating func transformed(
        _ comprehension: Plan.Comprehension, _ items: [Item]
    ) throws(CELEvaluationError) -> [(item: Item, value: CELValue)] {
        var results: [(item: Item, value: CELValue)] = []
        for item in items where try holds(comprehension, for: item) {
            guard let transform = comprehension.transform else { continue }
            results.append((item, try evaluate(transform, comprehension, item)))
        }
        return results
    }

    // MARK: Maps

    private mutating func map(_ comprehension: Plan.Comprehension, _ items: [Item]) throws(CELEvaluationError) -> CELValue {
        let entries = try transformed(comprehension, items).map { (key: $0.item.first, value: $0.value) }
        guard let map = try meter.map(entries) else { throw CELEvaluationError(.invalidArgument, "a key comes twice") }
        return map
    }

    /// Each result is a map, and all of them become one.
    private mutating func merged(_ comprehension: Plan.Comprehension, _ items: [Item]) throws(CELEvaluationError) -> CELValue {
        var entries: [(key: CELValue, value: CELValue)] = []
        for result in try transformed(comprehension, items) {
            guard case .map(let map) = result.value else { throw .noOverload("transformMapEntry", [result.value]) }
            try meter.make(elements: entries.count + map.count)
            entries += map.entries
        }
        guard let map = try meter.map(entries) else {
            throw CELEvaluationError(.invalidArgument, "two entries have the same key", suggestion: "make the keys distinct")
        }
        return map
    }

    // MARK: Order

    private mutating func sorted(_ comprehension: Plan.Comprehension, _ items: [Item]) throws(CELEvaluationError) -> CELValue {
        let keyed = try transformed(comprehension, items)
        let order = try ListOrder.sorted(keyed.map(\.value), &meter)
        return try meter.list(order.map { keyed[$0].item.first })
    }
}
