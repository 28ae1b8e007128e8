extension FunctionLibrary {
    /// The list extension, and `first` and `last` of the optional extension.
    static let lists: [CELFunction] = [
        CELFunction("lists.range", "(int) -> list(int)") { meter, operands throws(CELEvaluationError) in
            guard case .int(let count)? = operands.only else { return nil }
            try meter.make(elements: max(0, Int(clamping: count)))
            return try meter.list(count > 0 ? (0..<count).map(CELValue.int) : [])
        },
        CELFunction("slice", "list(A).(int, int) -> list(A)") { meter, operands throws(CELEvaluationError) in
            guard operands.count == 3, case .list(let list) = operands[0], case .int(let start) = operands[1], case .int(let end) = operands[2]
            else { return nil }
            guard start >= 0, start <= end, end <= list.count else {
                throw CELEvaluationError(
                    .outOfRange, "\(start) to \(end) is no range of a list of \(list.count)", suggestion: "guard it with size(…)")
            }
            try meter.make(elements: Int(end - start))
            return try meter.list((Int(start)..<Int(end)).map { list[$0] })
        },
        CELFunction("flatten", "list(dyn).() -> list(dyn)", "list(dyn).(int) -> list(dyn)") { meter, operands throws(CELEvaluationError) in
            guard case .list(let list)? = operands.first, operands.count <= 2 else { return nil }
            var levels: Int64 = 1
            if operands.count == 2 {
                guard case .int(let given) = operands[1] else { return nil }
                guard given >= 0 else { throw CELEvaluationError(.invalidArgument, "flatten(\(given)): a depth is 0 or more") }
                levels = given
            }
            var values: [CELValue] = []
            try flatten(list, levels, &values, &meter)
            return try meter.list(values)
        },
        CELFunction("distinct", "list(A).() -> list(A)") { meter, operands throws(CELEvaluationError) in
            guard case .list(let list)? = operands.only else { return nil }
            var values: [CELValue] = []
            for value in list.values where try !meter.contains(CELList(values), value) { values.append(value) }
            return try meter.list(values)
        },
        CELFunction("sort", "list(A).() -> list(A)") { meter, operands throws(CELEvaluationError) in
            guard case .list(let list)? = operands.only else { return nil }
            let values = list.values
            return try meter.list(ListOrder.sorted(values, &meter).map { values[$0] })
        },
        CELFunction("first", "list(A).() -> optional(A)") { meter, operands throws(CELEvaluationError) in
            guard case .list(let list)? = operands.only else { return nil }
            return list.count == 0 ? .optional(nil) : try meter.optional(list[0])
        },
        CELFunction("last", "list(A).() -> optional(A)") { meter, operands throws(CELEvaluationError) in
            guard case .list(let list)? = operands.only else { return nil }
            return list.count == 0 ? .optional(nil) : try meter.optional(list[list.count - 1])
        },
    ]

    private static func flatten(
        _ list: CELList, _ levels: Int64, _ values: inout [CELValue], _ meter: inout Meter
    ) throws(CELEvaluationError) {
        for value in list.values {
            if levels > 0, case .list(let inner) = value {
                try meter.spend(1)
                try flatten(inner, levels - 1, &values, &meter)
            } else {
                values.append(value)
                try meter.spend(1)
                guard values.count <= meter.limits.elements else { return try meter.make(elements: values.count) }
            }
        }
    }

    /// Lists as sets: what is equal is one element.
    static let sets: [CELFunction] = [
        CELFunction("sets.contains", "(list(A), list(A)) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (a, b) = operands.lists else { return nil }
            return .bool(try isSubset(b, of: a, &meter))
        },
        CELFunction("sets.equivalent", "(list(A), list(A)) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (a, b) = operands.lists else { return nil }
            guard try isSubset(b, of: a, &meter) else { return .bool(false) }
            return .bool(try isSubset(a, of: b, &meter))
        },
        CELFunction("sets.intersects", "(list(A), list(A)) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (a, b) = operands.lists else { return nil }
            for value in b.values where try meter.contains(a, value) { return .bool(true) }
            return .bool(false)
        },
    ]

    private static func isSubset(_ part: CELList, of whole: CELList, _ meter: inout Meter) throws(CELEvaluationError) -> Bool {
        for value in part.values where try !meter.contains(whole, value) { return false }
        return true
    }
}

extension [CELValue] {
    fileprivate var lists: (CELList, CELList)? {
        guard count == 2, case .list(let a) = self[0], case .list(let b) = self[1] else { return nil }
        return (a, b)
    }
}

/// The order of a list's elements, which must all be of one type that has an order.
enum ListOrder {
    /// Positions, sorted; equal elements keep their order.
    static func sorted(_ values: [CELValue], _ meter: inout Meter) throws(CELEvaluationError) -> [Int] {
        var cost = values.count
        for value in values {
            guard value.type == values[0].type, value.isLess(than: value, orEqual: true) != nil else {
                throw CELEvaluationError(
                    .noSuchOverload, "a list with \(values[0].type.rawValue) and \(value.type.rawValue) has no order",
                    suggestion: "elements must be of one type: numbers, strings, bytes, bools, timestamps or durations")
            }
            cost += value.extent
        }
        try meter.spend(cost * (Int.bitWidth - values.count.leadingZeroBitCount))
        return values.indices.sorted { a, b in
            if values[a].isLess(than: values[b], orEqual: false) == true { return true }
            return a < b && values[b].isLess(than: values[a], orEqual: false) != true
        }
    }
}
