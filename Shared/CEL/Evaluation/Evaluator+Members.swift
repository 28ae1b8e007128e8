/// Members and elements. Of an optional they are optional themselves, and missing ones are none.
extension Evaluator {
    func member(_ name: String, of value: CELValue, isOptional: Bool) throws(CELEvaluationError) -> CELValue {
        switch value {
        case .map(let map):
            if let member = map[name] { return isOptional ? .optional(member) : member }
            if isOptional { return .optional(nil) }
            throw missing(name, in: map)
        case .optional(let inner):
            guard let inner else { return .optional(nil) }
            return try member(name, of: inner, isOptional: true)
        default:
            throw CELEvaluationError(
                .noSuchOverload, "\(value.type.inWords) has no member '\(name)'",
                suggestion: value.isNull ? "guard it: x != null && …" : FunctionLibrary.standard.member[name] == nil ? "" : "write \(name)()")
        }
    }

    func has(_ name: String, in value: CELValue) throws(CELEvaluationError) -> Bool {
        switch value {
        case .map(let map): return map[name] != nil
        case .optional(let inner): return try inner.map { value throws(CELEvaluationError) in try has(name, in: value) } ?? false
        default: throw CELEvaluationError(.noSuchOverload, "\(value.type.inWords) has no members")
        }
    }

    private func missing(_ name: String, in map: CELMap) -> CELEvaluationError {
        let names = map.keys.prefix(64).compactMap(\.stringValue)
        let nearest = Spelling.nearest(to: name, in: names)
        return CELEvaluationError(
            .noSuchKey, "there is no '\(name.prefix(80))' here",
            suggestion: nearest.map { "did you mean '\($0)'?" }
                ?? "guard it with has(…), or look at what there is: \(names.sorted().prefix(8).joined(separator: ", "))")
    }

    func element(_ key: CELValue, of value: CELValue, isOptional: Bool) throws(CELEvaluationError) -> CELValue {
        switch value {
        case .map(let map):
            if let element = map[key] { return isOptional ? .optional(element) : element }
            guard key.canBeLookedUp else { throw .noOverload("_[_]", [value, key]) }
            if isOptional { return .optional(nil) }
            if case .string(let name) = key { throw missing(name, in: map) }
            throw CELEvaluationError(.noSuchKey, "there is no such key in this map", suggestion: "guard it: key in map")
        case .list(let list):
            guard let position = key.listIndex else {
                throw CELEvaluationError(.invalidArgument, "a list's index is an int, not \(key.type.inWords)")
            }
            guard position >= 0, position < list.count else {
                if isOptional { return .optional(nil) }
                throw CELEvaluationError(
                    .outOfRange, "index \(position) is outside of a list of \(list.count)", suggestion: "guard it with size(…) > \(position)")
            }
            return isOptional ? .optional(list[position]) : list[position]
        case .optional(let inner):
            guard let inner else { return .optional(nil) }
            return try element(key, of: inner, isOptional: true)
        default: throw .noOverload("_[_]", [value, key])
        }
    }

    // MARK: Optionals

    mutating func fallback(_ first: Plan.Index, _ second: Plan.Index, _ isUnwrapped: Bool) throws(CELEvaluationError) -> CELValue {
        let value = try evaluate(first)
        guard case .optional(let inner) = value else { throw .noOverload(isUnwrapped ? "orValue" : "or", [value]) }
        if let inner { return isUnwrapped ? inner : value }
        let other = try evaluate(second)
        if !isUnwrapped, other.type != .optional { throw .noOverload("or", [value, other]) }
        return other
    }

    mutating func optionalMap(_ target: Plan.Index, _ slot: Int, _ result: Plan.Index, _ isFlat: Bool) throws(CELEvaluationError) -> CELValue {
        let value = try evaluate(target)
        guard case .optional(let inner) = value else { throw .noOverload(isFlat ? "optFlatMap" : "optMap", [value]) }
        guard let inner else { return .optional(nil) }
        slots[slot] = inner
        let mapped = try evaluate(result)
        guard isFlat else { return try meter.optional(mapped) }
        guard case .optional = mapped else { throw .noOverload("optFlatMap", [value, mapped]) }
        return mapped
    }

    // MARK: Literals

    mutating func list(_ span: Plan.Span) throws(CELEvaluationError) -> CELValue {
        var values: [CELValue] = []
        values.reserveCapacity(Int(span.count))
        for child in children(span) { values.append(try evaluate(child)) }
        return try meter.list(values)
    }

    mutating func sparseList(_ span: Plan.Span, _ isOptional: [Bool]) throws(CELEvaluationError) -> CELValue {
        var values: [CELValue] = []
        for (child, isOptional) in zip(children(span), isOptional) {
            let value = try evaluate(child)
            guard isOptional else {
                values.append(value)
                continue
            }
            guard case .optional(let inner) = value else { throw .noOverload("[?_]", [value], at: position(child)) }
            if let inner { values.append(inner) }
        }
        return try meter.list(values)
    }

    mutating func map(_ span: Plan.Span, _ isOptional: [Bool]?) throws(CELEvaluationError) -> CELValue {
        let nodes = Array(children(span))
        var entries: [(key: CELValue, value: CELValue)] = []
        entries.reserveCapacity(nodes.count / 2)
        for entry in 0..<(nodes.count / 2) {
            let key = try evaluate(nodes[2 * entry])
            guard key.isMapKey else {
                throw CELEvaluationError(
                    .invalidArgument, "\(key.type.inWords) cannot be a map's key", suggestion: "keys are ints, uints, bools or strings",
                    at: position(nodes[2 * entry]))
            }
            let value = try evaluate(nodes[2 * entry + 1])
            guard isOptional?[entry] == true else {
                entries.append((key, value))
                continue
            }
            guard case .optional(let inner) = value else { throw .noOverload("{?_: _}", [value], at: position(nodes[2 * entry + 1])) }
            if let inner { entries.append((key, inner)) }
        }
        guard let map = try meter.map(entries) else { throw CELEvaluationError(.invalidArgument, "a key stands twice in this map") }
        return map
    }
}

extension CELValue {
    var isNull: Bool { if case .null = self { true } else { false } }

    /// A list's index: an int, or another number that is one.
    var listIndex: Int? {
        switch self {
        case .int(let value): Int(exactly: value)
        case .uint(let value): Int(exactly: value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// A map may be asked for it: a key's type, or a double that may equal one.
    fileprivate var canBeLookedUp: Bool { if case .double = self { true } else { isMapKey } }
}
