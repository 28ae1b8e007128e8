/// The conditions of a policy as instructions for a stack machine: no pointers between nodes, no recursion, no depth.
struct Program: Sendable {
    var instructions: [Instruction] = []
    /// The source of each instruction.
    var spans: [SourceSpan] = []
    var constants: [Value] = []
    var names: [Text] = []
    var paths: [[Text]] = []
    var patterns: [Pattern] = []
    var shapes: [[Text]] = []

    static let alwaysTrue: Program = {
        var program = Program()
        program.constants = [.bool(true)]
        program.instructions = [.constant(0)]
        program.spans = [SourceSpan(0, 0)]
        return program
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
