/// Finds the type of the conditions of one policy, for one kind of request after the other, by the rules of Cedar's validator.
///
/// It keeps a stack of its own: nesting costs no thread stack. What cannot be evaluated, since what stands before decides already, is not
/// looked at. After a fault the check goes on, so that all of them are told.
struct ConditionChecker {
    /// What is known of an expression.
    struct Answer {
        /// Nil where nothing is known, since of a part of it nothing is.
        var type: TypeID?
        /// Whether nothing is wrong with it.
        var isSound = true
        /// What is there where it comes to true.
        var capabilities = Capabilities.none
    }

    /// An expression whose parts are being checked.
    struct Frame {
        let node: NodeID
        let prior: Capabilities
        /// Where the answers of its parts begin.
        let base: Int
        var step = 0
    }

    enum Next {
        case visit(NodeID, Capabilities)
        case answer(Answer)
    }

    /// Told of one policy.
    static let faultsMax = 500

    let schema: SchemaModel
    let stepsMax: Int
    var types: TypeTable
    var join: TypeJoin
    var tree = ExpressionTree()
    var environment: RequestEnvironment
    private(set) var faults: [Fault] = []
    /// What each expression was found to be, where that is asked for.
    var kept: [Answer?] = []
    var keepsAnswers = false
    private var seen: Set<Fault> = []
    var shapes = ExpressionShapes(ExpressionTree())
    private var frames: [Frame] = []
    var answers: [Answer] = []
    var steps = 0

    /// Something wrong, before it is told whose policy it is in.
    struct Fault: Hashable {
        let code: ValidationFinding.Code
        let span: SourceSpan
        let message: String
        let suggestion: String?
    }

    /// - Parameter stepsMax: Expressions and capabilities looked at in one policy, before it is refused as too costly.
    init(_ schema: SchemaModel, _ mode: ValidationMode, stepsMax: Int) {
        self.schema = schema
        self.stepsMax = stepsMax
        types = schema.types
        join = TypeJoin(mode, firstAction: Int32(schema.entityTypes.firstIndex(where: \.isAction) ?? schema.entityTypes.count))
        environment = RequestEnvironment(principal: 0, action: 0, resource: 0)
    }

    var mode: ValidationMode { join.mode }
    var isTooCostly: Bool { steps > stepsMax }

    mutating func begin(_ tree: ExpressionTree) {
        self.tree = tree
        (faults, seen) = ([], [])
        shapes = ExpressionShapes(tree)
        steps = 0
    }

    mutating func check(_ root: NodeID, _ prior: Capabilities = .none) -> Answer {
        frames = [Frame(node: root, prior: prior, base: 0)]
        answers = []
        while var frame = frames.popLast() {
            steps += 1
            guard !isTooCostly else { return Answer(type: TypeTable.bool, isSound: false) }
            switch next(&frame) {
            case .visit(let node, let prior):
                steps += prior.count / 16
                frames.append(frame)
                frames.append(Frame(node: node, prior: prior, base: answers.count))
            case .answer(let answer):
                answers.removeSubrange(frame.base...)
                answers.append(answer)
                if keepsAnswers { kept[Int(frame.node.index)] = answer }
            }
        }
        return answers.removeLast()
    }

    /// A `when`, or an `unless` turned round. It must be a boolean.
    mutating func condition(_ condition: Condition, _ prior: Capabilities) -> Answer {
        answers = [check(condition.body, prior)]
        let answer = expect(.bool, 0, condition.body)
        return condition.kind == .when ? answer : Answer(type: negated(answer.type), isSound: answer.isSound)
    }

    private mutating func next(_ frame: inout Frame) -> Next {
        defer { frame.step += 1 }
        switch tree[frame.node].kind {
        case .literal(let value): return .answer(literal(value))
        case .variable(let variable): return .answer(Answer(type: type(of: variable)))
        case .and(let left, let right): return and(frame, left, right)
        case .or(let left, let right): return or(frame, left, right)
        case .conditional(let test, let then, let otherwise): return conditional(&frame, test, then, otherwise)
        case .unary(let op, let operand): return unary(frame, op, operand)
        case .binary(let op, let left, let right):
            if frame.step == 0 { return .visit(left, frame.prior) }
            if frame.step == 1 { return .visit(right, frame.prior) }
            return .answer(binary(frame, op, left, right))
        case .attribute(let base, let name): return frame.step == 0 ? .visit(base, frame.prior) : .answer(attribute(frame, base, name))
        case .has(let base, let path): return frame.step == 0 ? .visit(base, frame.prior) : .answer(has(frame, base, path))
        case .like(let operand, _): return frame.step == 0 ? .visit(operand, frame.prior) : .answer(like(frame, operand))
        case .is(let operand, let type, let ancestor): return `is`(frame, operand, type, ancestor)
        case .set(let elements): return frame.step < elements.count ? .visit(elements[frame.step], frame.prior) : .answer(set(frame, elements))
        case .record(let members):
            return frame.step < members.count ? .visit(members[frame.step].value, frame.prior) : .answer(record(frame, members))
        case .call(let function, let arguments):
            return frame.step < arguments.count ? .visit(arguments[frame.step], frame.prior) : .answer(call(frame, function, arguments))
        }
    }

    // MARK: Faults

    mutating func report(_ code: ValidationFinding.Code, _ node: NodeID, _ message: String, suggestion: String? = nil) {
        report(Fault(code: code, span: tree[node].span, message: message, suggestion: suggestion))
    }

    mutating func report(_ fault: Fault) {
        guard faults.count < Self.faultsMax else { return }
        if seen.insert(fault).inserted { faults.append(fault) }
    }

    func describe(_ type: TypeID) -> String { schema.describe(type, types) }
}
