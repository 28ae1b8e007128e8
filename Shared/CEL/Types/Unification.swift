/// What is known of the type variables of an expression while it is checked.
///
/// A type is assignable to another where a value of it may be used as one: gradually, so that `dyn` fits everywhere, and a union fits
/// where one of its types does.
struct Unification {
    private var known: [Int: CELStaticType] = [:]
    private var next = 0

    mutating func fresh() -> CELStaticType {
        next += 1
        return .variable(next)
    }

    /// Unchanged where it does not succeed.
    mutating func assign(_ type: CELStaticType, to target: CELStaticType) -> Bool { assign([type], to: [target]) }

    mutating func assign(_ types: [CELStaticType], to targets: [CELStaticType]) -> Bool {
        guard types.count == targets.count else { return false }
        let before = known
        for (type, target) in zip(types, targets) where !unify(type, target) {
            known = before
            return false
        }
        return true
    }

    private mutating func unify(_ a: CELStaticType, _ b: CELStaticType) -> Bool {
        if case .variable(let b) = b {
            let (isValid, hasKnown) = substitute(a, for: b)
            if isValid { return true }
            if hasKnown { return false }
        }
        if case .variable(let a) = a { return substitute(b, for: a).isValid }
        switch (a, b) {
        case (.dyn, _), (_, .dyn): return true
        case (.union(let types), _): return types.contains { attempt($0, b) }
        case (_, .union(let types)): return types.contains { attempt(a, $0) }
        case (.null, _): return b.isNullable
        case (_, .null): return a.isNullable
        case (.wrapper(let a), .wrapper(let b)), (.wrapper(let a), let b), (let a, .wrapper(let b)): return unify(a, b)
        case (.type, .type): return true
        case (.list(let a), .list(let b)): return unify(a, b)
        case (.map(let a, let x), .map(let b, let y)): return unify(a, b) && unify(x, y)
        case (.opaque(let a, let x), .opaque(let b, let y)): return a == b && x.count == y.count && zip(x, y).allSatisfy { unify($0, $1) }
        case (.object(let a), .object(let b)): return unify(a, b)
        case (.object(let object), .map(let key, let value)): return unify(.string, key) && unify(object.commonType, value)
        case (.map(let key, let value), .object(let object)): return unify(key, .string) && unify(value, object.commonType)
        default: return a == b
        }
    }

    private mutating func attempt(_ a: CELStaticType, _ b: CELStaticType) -> Bool {
        let before = known
        if unify(a, b) { return true }
        known = before
        return false
    }

    /// Objects that agree in the members they share.
    private mutating func unify(_ a: CELObjectType, _ b: CELObjectType) -> Bool {
        a.members.allSatisfy { name, member in b.members[name].map { unify(member.type, $0.type) } ?? true }
    }

    private mutating func substitute(_ type: CELStaticType, for variable: Int) -> (isValid: Bool, hasKnown: Bool) {
        if type == .variable(variable) { return (true, true) }
        if let current = known[variable] {
            if type == current { return (true, true) }
            guard unify(type, current) else { return (false, true) }
            let general = Self.mostGeneral(type, current)
            if !refers(general, to: variable) { known[variable] = general }
            return (true, true)
        }
        guard !refers(type, to: variable) else { return (false, false) }
        known[variable] = type
        return (true, false)
    }

    /// A type must not contain itself.
    private func refers(_ type: CELStaticType, to variable: Int) -> Bool {
        switch type {
        case .variable(variable): true
        case .variable(let other): known[other].map { refers($0, to: variable) } ?? false
        case .list(let element): refers(element, to: variable)
        case .map(let key, let value): refers(key, to: variable) || refers(value, to: variable)
        case .opaque(_, let parameters): parameters.contains { refers($0, to: variable) }
        case .type(let type): refers(type, to: variable)
        case .union(let types): types.contains { refers($0, to: variable) }
        default: false
        }
    }

    static func mostGeneral(_ a: CELStaticType, _ b: CELStaticType) -> CELStaticType { isAtLeastAsGeneral(a, b) ? a : b }

    private static func isAtLeastAsGeneral(_ a: CELStaticType, _ b: CELStaticType) -> Bool {
        switch (a, b) {
        case (.dyn, _), (.variable, _): true
        case (_, .dyn), (_, .variable): false
        case (.union, _): true
        case (_, .union): false
        case (_, .null) where a.isNullable: true
        case (.wrapper(let a), .wrapper(let b)): a == b
        case (.wrapper, _): true
        case (.list(let a), .list(let b)): isAtLeastAsGeneral(a, b)
        case (.map(let a, let x), .map(let b, let y)): isAtLeastAsGeneral(a, b) && isAtLeastAsGeneral(x, y)
        case (.map, .object): true
        case (.opaque(let a, let x), .opaque(let b, let y)): a == b && x.count == y.count && zip(x, y).allSatisfy { isAtLeastAsGeneral($0, $1) }
        case (.type, .type): true
        default: a == b
        }
    }

    /// Variables replaced by what is known; by dyn, where nothing is and `isFinal` is set.
    func resolve(_ type: CELStaticType, isFinal: Bool = false) -> CELStaticType {
        switch type {
        case .variable(let number):
            if let known = known[number] { return resolve(known, isFinal: isFinal) }
            return isFinal ? .dyn : type
        case .list(let element): return .list(resolve(element, isFinal: isFinal))
        case .map(let key, let value): return .map(resolve(key, isFinal: isFinal), resolve(value, isFinal: isFinal))
        case .opaque(let name, let parameters): return .opaque(name, parameters.map { resolve($0, isFinal: isFinal) })
        case .type(let type): return .type(resolve(type, isFinal: isFinal))
        case .union(let types): return .union(types.map { resolve($0, isFinal: isFinal) })
        default: return type
        }
    }

    /// The signature with variables of its own for its parameters, for this many operands.
    mutating func instantiate(_ signature: CELSignature, operands: Int) -> CELSignature {
        var fresh: [String: CELStaticType] = [:]
        var signature = signature
        if signature.isVariadic, let last = signature.parameters.last, operands > signature.parameters.count {
            signature.parameters += Array(repeating: last, count: operands - signature.parameters.count)
        }
        signature.parameters = signature.parameters.map { instantiate($0, &fresh) }
        signature.result = instantiate(signature.result, &fresh)
        return signature
    }

    private mutating func instantiate(_ type: CELStaticType, _ fresh: inout [String: CELStaticType]) -> CELStaticType {
        switch type {
        case .parameter(let name):
            let variable = fresh[name] ?? self.fresh()
            fresh[name] = variable
            return variable
        case .list(let element): return .list(instantiate(element, &fresh))
        case .map(let key, let value): return .map(instantiate(key, &fresh), instantiate(value, &fresh))
        case .opaque(let name, let parameters): return .opaque(name, parameters.map { instantiate($0, &fresh) })
        case .type(let type): return .type(instantiate(type, &fresh))
        default: return type
        }
    }
}

extension CELStaticType {
    /// Null may be assigned to it.
    var isNullable: Bool {
        switch self {
        case .null, .timestamp, .duration, .opaque, .message, .wrapper: true
        default: false
        }
    }
}

extension CELObjectType {
    /// What is known of any member.
    var commonType: CELStaticType {
        let types = Set(members.values.map(\.type) + (others.map { [$0] } ?? []))
        return types.count == 1 ? types.first ?? .dyn : .dyn
    }
}
