extension ConditionChecker {
    mutating func and(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Next {
        if frame.step == 0 { return .visit(left, frame.prior) }
        if frame.step == 1 {
            let first = expect(.bool, frame.base, left)
            answers[frame.base] = first
            // What is false without the right side is false, whatever that is.
            if first.type == TypeTable.no { return .answer(Answer(type: TypeTable.no, isSound: first.isSound)) }
            return .visit(right, frame.prior.union(first.capabilities))
        }
        return .answer(both(answers[frame.base], expect(.bool, frame.base + 1, right)))
    }

    /// The answer of a conjunction.
    func both(_ left: Answer, _ right: Answer) -> Answer {
        let isSound = left.isSound && right.isSound
        guard let a = left.type, let b = right.type else { return Answer(type: TypeTable.bool, isSound: false) }
        if b == TypeTable.no { return Answer(type: TypeTable.no, isSound: isSound) }
        guard isSound else { return Answer(type: b == TypeTable.yes ? a : a == TypeTable.yes ? b : TypeTable.bool, isSound: false) }
        if b == TypeTable.yes { return Answer(type: a, capabilities: left.capabilities.union(right.capabilities)) }
        if a == TypeTable.yes { return Answer(type: b, capabilities: right.capabilities) }
        return Answer(type: TypeTable.bool, capabilities: left.capabilities.union(right.capabilities))
    }

    mutating func or(_ frame: Frame, _ left: NodeID, _ right: NodeID) -> Next {
        if frame.step == 0 { return .visit(left, frame.prior) }
        if frame.step == 1 {
            let first = expect(.bool, frame.base, left)
            answers[frame.base] = first
            if first.type == TypeTable.yes { return .answer(first) }
            return .visit(right, frame.prior)
        }
        return .answer(either(answers[frame.base], expect(.bool, frame.base + 1, right)))
    }

    private func either(_ left: Answer, _ right: Answer) -> Answer {
        let isSound = left.isSound && right.isSound
        guard let a = left.type, let b = right.type else { return Answer(type: TypeTable.bool, isSound: false) }
        var answer = Answer(type: TypeTable.bool, isSound: isSound)
        if b == TypeTable.yes {
            answer.type = b
            answer.capabilities = right.capabilities
        } else if b == TypeTable.no {
            answer.type = a
            answer.capabilities = left.capabilities
        } else if a == TypeTable.no {
            answer.type = b
            answer.capabilities = right.capabilities
        } else {
            answer.capabilities = right.capabilities.intersection(left.capabilities)
        }
        if !isSound { answer.capabilities = .none }
        return answer
    }

    /// Steps: the test; one branch alone where the test is decided; or the first branch and then the other.
    mutating func conditional(_ frame: inout Frame, _ test: NodeID, _ then: NodeID, _ otherwise: NodeID) -> Next {
        switch frame.step {
        case 0: return .visit(test, frame.prior)
        case 1:
            let first = expect(.bool, frame.base, test)
            answers[frame.base] = first
            if first.type == TypeTable.yes { frame.step = 10 }
            if first.type == TypeTable.no {
                frame.step = 10
                return .visit(otherwise, frame.prior)
            }
            return .visit(then, frame.prior.union(first.capabilities))
        case 2: return .visit(otherwise, frame.prior)
        case 3: return .answer(branches(frame))
        default: return .answer(onlyBranch(frame))
        }
    }

    private func onlyBranch(_ frame: Frame) -> Answer {
        let (test, branch) = (answers[frame.base], answers[frame.base + 1])
        let isSound = test.isSound && branch.isSound
        guard isSound else { return Answer(type: branch.type, isSound: false) }
        guard test.type == TypeTable.yes else { return branch }
        return Answer(type: branch.type, capabilities: branch.capabilities.union(test.capabilities))
    }

    private mutating func branches(_ frame: Frame) -> Answer {
        let (test, then, otherwise) = (answers[frame.base], answers[frame.base + 1], answers[frame.base + 2])
        guard let a = then.type, let b = otherwise.type else { return Answer(type: nil, isSound: false) }
        guard let type = joined([a, b], frame.node, "the branches of `if`") else { return Answer(type: nil, isSound: false) }
        guard test.isSound, then.isSound, otherwise.isSound else { return Answer(type: type, isSound: false) }
        let ofThen = then.capabilities.union(test.capabilities)
        return Answer(type: type, capabilities: otherwise.capabilities.intersection(ofThen))
    }

    mutating func unary(_ frame: Frame, _ op: UnaryOperator, _ operand: NodeID) -> Next {
        if frame.step == 0 { return .visit(operand, frame.prior) }
        switch op {
        case .not:
            let answer = expect(.bool, frame.base, operand)
            return .answer(Answer(type: negated(answer.type), isSound: answer.isSound))
        case .negate: return .answer(Answer(type: TypeTable.long, isSound: expect(.long, frame.base, operand).isSound))
        case .isEmpty: return .answer(Answer(type: TypeTable.bool, isSound: expect(.set, frame.base, operand).isSound))
        }
    }

    func negated(_ type: TypeID?) -> TypeID {
        switch type {
        case TypeTable.yes: TypeTable.no
        case TypeTable.no: TypeTable.yes
        default: TypeTable.bool
        }
    }

    /// The least type that holds all; nil where there is none, which is told.
    mutating func joined(_ list: [TypeID], _ node: NodeID, _ what: String) -> TypeID? {
        do throws(JoinFault) {
            return try join.join(list, &types)
        } catch {
            reportIncompatible(list, error, node, what)
            return nil
        }
    }

    mutating func reportIncompatible(_ list: [TypeID], _ fault: JoinFault, _ node: NodeID, _ what: String) {
        // Two types show what is wrong as well as two thousand.
        var told: [TypeID] = []
        for type in list where told.count < 3 && !told.contains(type) { told.append(type) }
        let words = told.map(describe)
        let reason =
            switch fault {
            case .kinds: "they must be of one type"
            case .entityTypes: "entities must be of one type in strict validation"
            case .recordWidths: "records must have the same attributes in strict validation"
            case .requiredness: "attributes must be required in all or optional in all in strict validation"
            }
        report(.incompatibleTypes, node, "\(what) are of the types \(words.joined(separator: " and "))", suggestion: reason)
    }
}
