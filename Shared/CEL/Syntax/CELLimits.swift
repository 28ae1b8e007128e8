/// What an expression may cost. Steps, not time: an evaluation must have the same outcome on every machine.
public struct CELLimits: Sendable {
    /// Code points of the source.
    public var length: Int
    /// Nodes inside each other, which bounds the stack of parser and evaluator.
    public var depth: Int
    public var nodes: Int
    /// Evaluated nodes, plus the elements and every 16 bytes that an operation copies.
    public var steps: Int

    public init(length: Int, depth: Int, nodes: Int, steps: Int) {
        self.length = length
        self.depth = depth
        self.nodes = nodes
        self.steps = steps
    }

    public static let `default` = CELLimits(length: 16_384, depth: 96, nodes: 4_096, steps: 100_000)
}
