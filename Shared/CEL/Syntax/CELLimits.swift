/// What an expression may cost. Steps, not time: an evaluation must have the same outcome on every machine.
public struct CELLimits: Sendable {
    /// Code points of the source.
    public var length: Int
    /// Nodes inside each other, which bounds the stack of parser, checker and evaluator.
    public var depth: Int
    public var nodes: Int
    /// Evaluated nodes, plus the elements and every 16 bytes that an operation copies.
    public var steps: Int
    /// Bytes of a string, or of bytes, that an evaluation makes.
    public var textBytes: Int
    /// Elements of a list or entries of a map that an evaluation makes.
    public var elements: Int
    /// Lists, maps and optionals inside each other in a value that an evaluation makes or compares.
    public var valueDepth: Int

    public init(length: Int, depth: Int, nodes: Int, steps: Int, textBytes: Int = 1 << 20, elements: Int = 100_000, valueDepth: Int = 200) {
        self.length = length
        self.depth = depth
        self.nodes = nodes
        self.steps = steps
        self.textBytes = textBytes
        self.elements = elements
        self.valueDepth = valueDepth
    }

    public static let `default` = CELLimits(length: 16_384, depth: 96, nodes: 4_096, steps: 100_000)
}

/// How a text is read.
public struct CELOptions: Sendable {
    public var limits: CELLimits
    /// The name that unqualified names are looked up in, as `a.b`: `x` may then mean `a.b.x`, `a.x` or `x`.
    public var container: String
    /// Without macros `all`, `has` and their like are functions, which there are none of.
    public var macros: Bool

    public init(limits: CELLimits = .default, container: String = "", macros: Bool = true) {
        self.limits = limits
        self.container = container
        self.macros = macros
    }
}
