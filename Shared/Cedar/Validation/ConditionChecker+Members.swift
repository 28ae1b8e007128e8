extension ConditionChecker {
    /// What is known of an attribute.
    private struct Found {
        /// Nil where the attribute is not declared.
        let declared: AttributeType?
        /// Whether it may be there although nothing is known of it.
        let mayBe: Bool
    }

    private mutating func find(_ name: Text, in type: TypeID) -> Found {
        switch types[type] {
        case .never, .anyEntity: return Found(declared: nil, mayBe: true)
        case .record(let attributes, let isOpen): return Found(declared: attributes[name], mayBe: isOpen)
        case .entity(let places):
            let all = places.map { schema[$0].attributes[name] }
            let mayBe = all.contains { $0 != nil }
            guard var result = all[0] else { return Found(declared: nil, mayBe: mayBe) }
            for other in all.dropFirst() {
                // Of several types that is known which is known of each.
                guard let other, let type = try? joinPermissively(result.type, other.type) else { return Found(declared: nil, mayBe: mayBe) }
                result = AttributeType(name: name, type: type, isRequired: result.isRequired && other.isRequired)
            }
            return Found(declared: result, mayBe: mayBe)
        default: return Found(declared: nil, mayBe: false)
        }
    }

    /// The type of an attribute as it is declared; nil where it is not.
    mutating func declaredType(of name: Text, in type: TypeID) -> TypeID? { find(name, in: type).declared?.type }

    /// Entities of several types are found in permissive validation only.
    private mutating func joinPermissively(_ a: TypeID, _ b: TypeID) throws(JoinFault) -> TypeID { try join.join(a, b, &types) }

    mutating func attribute(_ frame: Frame, _ base: NodeID, _ name: Text) -> Answer {
        let operand = expect(.entityOrRecord, frame.base, base)
        guard let type = operand.type else { return Answer(type: nil, isSound: false) }
        guard let attribute = access(name, of: type, frame.node, isKnown: { $0.knows(name, base, frame.prior) }) else {
            return Answer(type: find(name, in: type).declared?.type, isSound: false)
        }
        return Answer(type: attribute, isSound: operand.isSound)
    }

    private mutating func knows(_ name: Text, _ base: NodeID, _ prior: Capabilities) -> Bool {
        guard prior.count > 0 else { return false }
        return prior.contains(Capability(on: shapes.shape(of: base), name: shapes.string(name), isTag: false))
    }

    /// The type of an attribute that is there; nil where it may not be, which is told.
    private mutating func access(
        _ name: Text, of type: TypeID, _ node: NodeID, isKnown: (inout ConditionChecker) -> Bool
    ) -> TypeID? {
        let found = find(name, in: type)
        guard let declared = found.declared else {
            let known = found.mayBe ? [] : knownAttributes(type)
            steps += known.count
            let near = Spelling.nearest(to: name.string, in: known)
            report(
                .unknownAttribute, node,
                found.mayBe
                    ? "of the attribute \(shown(name)) on \(describe(type)) nothing is known"
                    : "there is no attribute \(shown(name)) on \(describe(type))",
                suggestion: near.map { "did you mean `\($0)`?" })
            return nil
        }
        if declared.isRequired || isKnown(&self) { return declared.type }
        report(
            .unsafeAttribute, node, "the attribute \(shown(name)) on \(describe(type)) is optional",
            suggestion: "ask with `has \(TypeName.isAttribute(name.string) ? name.string : name.quoted) &&` first")
        return nil
    }

    private func shown(_ name: Text) -> String { TypeName.isAttribute(name.string) ? "`\(name)`" : name.quoted }

    private func knownAttributes(_ type: TypeID) -> [String] {
        switch types[type] {
        case .record(let attributes, _): attributes.map(\.name.string)
        case .entity(let places): places.flatMap { schema[$0].attributes.map(\.name.string) }
        default: []
        }
    }

    /// `base has a.b.c` is `base has a && base.a has b && base.a.b has c`.
    mutating func has(_ frame: Frame, _ base: NodeID, _ path: [Text]) -> Answer {
        let operand = expect(.entityOrRecord, frame.base, base)
        guard var type = operand.type else { return Answer(type: TypeTable.bool, isSound: false) }
        var shape = shapes.shape(of: base)
        var known = frame.prior
        var whole = Answer(type: TypeTable.yes)
        for (index, name) in path.enumerated() {
            guard isRecordOrEntity(type) else {
                report(.unexpectedType, frame.node, "expected an entity or a record before \(shown(name)), found \(describe(type))")
                return Answer(type: TypeTable.bool, isSound: false)
            }
            let capability = Capability(on: shape, name: shapes.string(name), isTag: false)
            let step = has(name, type, capability, known)
            whole = both(whole, step)
            if step.type == TypeTable.no || index == path.count - 1 { break }
            known = known.union(step.capabilities)
            guard let next = access(name, of: type, frame.node, isKnown: { _ in known.contains(capability) }) else {
                return Answer(type: TypeTable.bool, isSound: false)
            }
            type = next
            shape = shapes.attribute(name, of: shape)
        }
        return operand.isSound ? whole : Answer(type: whole.type, isSound: false)
    }

    private func isRecordOrEntity(_ type: TypeID) -> Bool {
        switch types[type] {
        case .never, .record, .entity, .anyEntity: true
        default: false
        }
    }

    private mutating func has(_ name: Text, _ type: TypeID, _ capability: Capability, _ prior: Capabilities) -> Answer {
        let found = find(name, in: type)
        guard let declared = found.declared else { return Answer(type: found.mayBe ? TypeTable.bool : TypeTable.no) }
        // An entity need not exist, so that its attributes may be absent although they are required.
        var isRecord = false
        if case .record = types[type] { isRecord = true }
        let isThere = prior.contains(capability) || (declared.isRequired && isRecord)
        return Answer(type: isThere ? TypeTable.yes : TypeTable.bool, capabilities: Capabilities([capability]))
    }

    mutating func like(_ frame: Frame, _ operand: NodeID) -> Answer {
        Answer(type: TypeTable.bool, isSound: expect(.string, frame.base, operand).isSound)
    }

    /// `operand is type`, and with `in` a conjunction.
    mutating func `is`(_ frame: Frame, _ operand: NodeID, _ type: Text, _ ancestor: NodeID?) -> Next {
        if frame.step == 0 { return .visit(operand, frame.prior) }
        let test = isOfType(expect(.entity, frame.base, operand), type)
        guard let ancestor, test.type != TypeTable.no else { return .answer(test) }
        if frame.step == 1 { return .visit(ancestor, frame.prior) }
        return .answer(both(test, isIn(frame.base, frame.base + 1, operand, ancestor)))
    }

    private func isOfType(_ answer: Answer, _ type: Text) -> Answer {
        guard let found = answer.type, case .entity(let places) = types[found] else { return Answer(type: TypeTable.bool, isSound: answer.isSound) }
        let isPossible = places.contains { schema[$0].name == type }
        return Answer(type: isPossible ? (places.count == 1 ? TypeTable.yes : TypeTable.bool) : TypeTable.no, isSound: answer.isSound)
    }
}
