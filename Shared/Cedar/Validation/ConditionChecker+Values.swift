extension ConditionChecker {
    func type(of variable: Variable) -> TypeID {
        switch variable {
        case .principal: entity(environment.principal)
        case .action: entity(schema.actions[environment.action].type)
        case .resource: entity(environment.resource)
        case .context: schema.actions[environment.action].context
        }
    }

    private func entity(_ place: Int32) -> TypeID { schema.entityIDs[Int(place)] }

    mutating func literal(_ value: Value) -> Answer {
        switch value {
        case .bool(let value): return Answer(type: TypeTable.bool(value))
        case .long: return Answer(type: TypeTable.long)
        case .string: return Answer(type: TypeTable.string)
        case .entity(let uid):
            // That there is no such type is told once for the whole policy.
            guard let type = literalType(uid) else { return Answer(type: nil, isSound: false) }
            return Answer(type: type)
        case .decimal: return Answer(type: TypeTable.decimal)
        case .ip: return Answer(type: TypeTable.ipaddr)
        case .datetime: return Answer(type: TypeTable.datetime)
        case .duration: return Answer(type: TypeTable.duration)
        // Policies write these as expressions.
        case .set, .record: return Answer(type: nil, isSound: false)
        }
    }

    func literalType(_ uid: EntityUID) -> TypeID? {
        if TypeName.isAction(uid.type) { return schema.action(uid).map { entity($0.type) } }
        return schema.place(of: uid.type).map(entity)
    }

    mutating func set(_ frame: Frame, _ elements: [NodeID]) -> Answer {
        if elements.isEmpty {
            guard mode == .permissive else {
                report(.emptySet, frame.node, "the type of an empty set is not known", suggestion: "use `.isEmpty()`, or give it an element")
                return Answer(type: nil, isSound: false)
            }
            return Answer(type: types.id(of: .set(TypeTable.never)))
        }
        let parts = answers[frame.base...]
        let known = parts.compactMap(\.type)
        guard known.count == parts.count, let element = joined(known, frame.node, "the elements of the set") else {
            return Answer(type: nil, isSound: false)
        }
        return Answer(type: types.id(of: .set(element)), isSound: parts.allSatisfy(\.isSound))
    }

    mutating func record(_ frame: Frame, _ members: [Expression.Member]) -> Answer {
        let parts = answers[frame.base...]
        var attributes: [AttributeType] = []
        for (member, part) in zip(members, parts) {
            guard let type = part.type else { return Answer(type: nil, isSound: false) }
            attributes.append(AttributeType(name: member.key, type: type, isRequired: true))
        }
        attributes.sort { $0.name < $1.name }
        return Answer(type: types.id(of: .record(attributes, isOpen: false)), isSound: parts.allSatisfy(\.isSound))
    }

    mutating func call(_ frame: Frame, _ function: ExtensionFunction, _ arguments: [NodeID]) -> Answer {
        let signature = function.signature
        var isSound = true
        if arguments.count != signature.takes.count {
            // The receiver of a method is none of what stands in its parentheses.
            let receivers = function.isConstructor ? 0 : 1
            let takes = signature.takes.count - receivers
            report(
                .argumentCount, frame.node,
                "\(function.rawValue) takes \(takes == 1 ? "one argument" : "\(takes) arguments"), found \(arguments.count - receivers)")
            isSound = false
        }
        if function.isConstructor, arguments.count == 1, let first = arguments.first, case .literal(.string(let text)) = tree[first].kind {
            do throws(EvaluationFault) {
                _ = try function.apply([.string(text)])
            } catch {
                report(.invalidArgument, first, error.description)
                isSound = false
            }
        }
        if mode == .strict, function.isConstructor, !arguments.allSatisfy(isLiteral) {
            report(
                .constructorOfNoLiteral, frame.node, "\(function.rawValue) takes a literal in strict validation",
                suggestion: "pass a value of the type \(describe(signature.makes)) instead of a string")
            isSound = false
        }
        guard isSound else { return Answer(type: signature.makes, isSound: false) }
        for (index, node) in arguments.enumerated() where !expect(.exactly(signature.takes[index]), frame.base + index, node).isSound {
            isSound = false
        }
        return Answer(type: signature.makes, isSound: isSound)
    }

    private func isLiteral(_ node: NodeID) -> Bool {
        if case .literal = tree[node].kind { return true }
        return false
    }
}

extension ExtensionFunction {
    /// The types of the arguments, of which the receiver of a method is the first, and of the result.
    var signature: (takes: [TypeID], makes: TypeID) {
        switch self {
        case .ip: ([TypeTable.string], TypeTable.ipaddr)
        case .decimal: ([TypeTable.string], TypeTable.decimal)
        case .datetime: ([TypeTable.string], TypeTable.datetime)
        case .duration: ([TypeTable.string], TypeTable.duration)
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast: ([TypeTable.ipaddr], TypeTable.bool)
        case .isInRange: ([TypeTable.ipaddr, TypeTable.ipaddr], TypeTable.bool)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: ([TypeTable.decimal, TypeTable.decimal], TypeTable.bool)
        case .offset: ([TypeTable.datetime, TypeTable.duration], TypeTable.datetime)
        case .durationSince: ([TypeTable.datetime, TypeTable.datetime], TypeTable.duration)
        case .toDate: ([TypeTable.datetime], TypeTable.datetime)
        case .toTime: ([TypeTable.datetime], TypeTable.duration)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: ([TypeTable.duration], TypeTable.long)
        }
    }
}
