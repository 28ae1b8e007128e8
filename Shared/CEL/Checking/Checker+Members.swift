extension Checker {
    /// Nil where there is no such member, which is reported.
    mutating func member(_ name: String, of type: CELStaticType, at position: CELPosition, isKnown: Bool) -> CELStaticType? {
        switch type {
        case .dyn, .message: return .dyn
        case .variable:
            // Nothing that is learnt later may depend on what it was here.
            _ = types.assign(.dyn, to: type)
            return .dyn
        case .map(let key, let value):
            guard types.assign(.string, to: key) else {
                report("a \(type) has no members, since its keys are no strings", fix: "use an index: [key]", at: position)
                return nil
            }
            return types.resolve(value)
        case .object(let object): return member(name, of: object, at: position, isKnown: isKnown)
        case .opaque("optional_type", let parameters):
            let inner = types.resolve(parameters.first ?? .dyn)
            return member(name, of: inner, at: position, isKnown: true).map { $0.isOptional ? $0 : .optional($0) }
        case .union(let parts): return member(name, ofOneOf: parts, at: position, isKnown: isKnown)
        default:
            report("a \(type) has no member '\(name)'", fix: FunctionLibrary.standard.member[name] == nil ? "" : "write \(name)()", at: position)
            return nil
        }
    }

    private mutating func member(_ name: String, of object: CELObjectType, at position: CELPosition, isKnown: Bool) -> CELStaticType? {
        if let member = object.members[name] {
            if !member.isRequired, !isKnown {
                warn(
                    "'\(name)' may be missing here", fix: "guard it: has(….\(name)) && …, or write .?\(name).orValue(…)", at: position)
            }
            return member.type
        }
        if let others = object.others { return others }
        let names = object.members.keys.sorted()
        report(
            "there is no '\(name)' here",
            fix: Spelling.nearest(to: name, in: names).map { "did you mean '\($0)'?" }
                ?? (names.isEmpty ? "it has no members" : "it has \(names.prefix(12).joined(separator: ", "))"), at: position)
        return nil
    }

    /// Those that have the member decide; those that have none make it uncertain.
    private mutating func member(
        _ name: String, ofOneOf parts: [CELStaticType], at position: CELPosition, isKnown: Bool
    ) -> CELStaticType? {
        var found: [CELStaticType] = []
        var without: [CELStaticType] = []
        for part in parts {
            var trial = self
            if let type = trial.member(name, of: part, at: position, isKnown: true) { found.append(type) } else { without.append(part) }
        }
        let type = CELStaticType.union(parts)
        guard !found.isEmpty else {
            report("a \(type) has no member '\(name)'", fix: "", at: position)
            return nil
        }
        if let other = without.first, !isKnown {
            warn(
                "this may be \(other), which has no member '\(name)'", fix: other == .null ? "guard it: x != null && …" : "check it first",
                at: position)
        }
        return CELStaticType.joined(found)
    }

    mutating func presence(_ name: String, in type: CELStaticType, at position: CELPosition) {
        switch type {
        case .object(let object):
            guard object.members[name] == nil, object.others == nil else { return }
            _ = member(name, of: type, at: position, isKnown: true)
        case .opaque("optional_type", let parameters): presence(name, in: types.resolve(parameters.first ?? .dyn), at: position)
        default: _ = member(name, of: type, at: position, isKnown: true)
        }
    }

    mutating func index(_ node: SyntaxNode, _ base: SyntaxNode, _ key: SyntaxNode, _ isOptional: Bool) -> CELStaticType {
        let baseType = types.resolve(check(base))
        let keyType = check(key)
        let isUnwrapped = baseType.isOptional
        var inner = baseType
        if case .opaque("optional_type", let parameters) = baseType { inner = types.resolve(parameters.first ?? .dyn) }
        let result: CELStaticType
        if case .object = inner, case .literal(.string(let name)) = key.kind {
            result = member(name, of: inner, at: node.position, isKnown: isOptional || isUnwrapped) ?? .dyn
        } else {
            result = resolve("[]", OperatorSignatures.index, [inner, keyType], [base, key], at: node.position)
        }
        return isOptional || isUnwrapped ? (result.isOptional ? result : .optional(result)) : result
    }

    // MARK: Literals

    mutating func list(_ elements: [SyntaxNode.Element]) -> CELStaticType {
        var element: CELStaticType?
        for part in elements {
            let type = check(part.node)
            element = joined(element, part.isOptional ? unwrapped(type, at: part.node.start) : type)
        }
        return .list(element ?? types.fresh())
    }

    mutating func map(_ entries: [SyntaxNode.Entry]) -> CELStaticType {
        var key: CELStaticType?
        var value: CELStaticType?
        for entry in entries {
            var keyType = check(entry.key)
            if case let known = keyType, !known.isMapKey {
                // Not kept: a map that is a key of a map doubles with each level.
                keyType = .dyn
                warn("a \(known) cannot be a map's key", fix: "keys are ints, uints, bools or strings", at: entry.key.start)
            }
            key = joined(key, keyType)
            let type = check(entry.value)
            value = joined(value, entry.isOptional ? unwrapped(type, at: entry.value.start) : type)
        }
        return .map(key ?? types.fresh(), value ?? types.fresh())
    }

    /// Elements of types that do not fit together are dyn.
    private mutating func joined(_ previous: CELStaticType?, _ type: CELStaticType) -> CELStaticType {
        guard let previous else { return type }
        guard types.assign(previous, to: type) else { return .dyn }
        return Unification.mostGeneral(types.resolve(previous), types.resolve(type))
    }

    private mutating func unwrapped(_ type: CELStaticType, at position: CELPosition) -> CELStaticType {
        let inner = types.fresh()
        guard types.assign(type, to: .optional(inner)) else {
            report(
                "what stands behind ? must be an optional, but this is \(types.resolve(type, isFinal: true))", fix: "leave the ? out", at: position)
            return .dyn
        }
        return types.resolve(inner)
    }
}

extension CELStaticType {
    /// Maps may have keys of it.
    fileprivate var isMapKey: Bool {
        switch self {
        case .dyn, .variable, .bool, .int, .uint, .string: true
        case .union(let types): types.contains(where: \.isMapKey)
        case .wrapper(let type): type.isMapKey
        default: false
        }
    }
}
