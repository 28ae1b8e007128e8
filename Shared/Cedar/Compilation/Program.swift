/// The conditions of a policy as instructions for a stack machine: no pointers between nodes, no recursion, no depth.
///
/// A class, so that to hand one on costs one count of references and not seven.
final class Program: Sendable {
    let instructions: [Instruction]
    /// The source of each instruction.
    let spans: [SourceSpan]
    /// The expression whose value each instruction leaves on the stack; -1 where it leaves none.
    let nodes: [Int32]
    let constants: [Value]
    let names: [Text]
    let paths: [[Text]]
    let patterns: [Pattern]
    let shapes: [RecordValue.Shape]

    init(_ draft: Draft) {
        instructions = draft.instructions
        spans = draft.spans
        nodes = draft.nodes
        constants = draft.constants
        names = draft.names
        paths = draft.paths
        patterns = draft.patterns
        shapes = draft.shapes
    }

    /// A program that is being compiled.
    struct Draft {
        var instructions: [Instruction] = []
        var spans: [SourceSpan] = []
        var nodes: [Int32] = []
        var constants: [Value] = []
        var names: [Text] = []
        var paths: [[Text]] = []
        var patterns: [Pattern] = []
        var shapes: [RecordValue.Shape] = []
    }

    static let alwaysTrue: Program = {
        var draft = Draft()
        draft.constants = [.bool(true)]
        draft.instructions = [.constant(0)]
        draft.spans = [SourceSpan(0, 0)]
        draft.nodes = [-1]
        return Program(draft)
    }()
}

/// One step. Operands are indices into the program's tables or, for jumps, of the next instruction.
enum Instruction: Sendable {
    case constant(Int32)
    case variable(Variable)
    /// `&&`: keeps a false and jumps, drops a true and goes on; anything else is a type error.
    case jumpIfFalse(Int32)
    /// `||`, the same the other way round.
    case jumpIfTrue(Int32)
    /// `if`: takes a boolean and jumps where it is false.
    case branch(Int32)
    case jump(Int32)
    /// The right side of `&&` and `||` must be a boolean too.
    case requireBool
    case unary(UnaryOperator)
    case binary(BinaryOperator)
    case attribute(Int32)
    case has(Int32)
    case like(Int32)
    case isType(Int32)
    /// `is … in`: keeps an entity of the type; puts false in place of another and jumps.
    case jumpUnlessType(Int32, Int32)
    case makeSet(Int32)
    case makeRecord(Int32)
    case call(ExtensionFunction, Int32)
}
