/// What a policy text may cost at the most, so that a hostile one is refused rather than survived.
public struct SyntaxLimits: Sendable {
    /// Bytes of the text.
    public var size: Int
    /// Expressions inside each other.
    public var depth: Int
    /// Expression nodes of one policy.
    public var nodes: Int
    /// Faults reported before the parser gives up.
    public var diagnostics: Int

    public init(size: Int, depth: Int, nodes: Int, diagnostics: Int) {
        self.size = size
        self.depth = depth
        self.nodes = nodes
        self.diagnostics = diagnostics
    }

    /// 16 MiB, 1,000 levels, 250,000 nodes, 20 faults.
    public static let `default` = SyntaxLimits(size: 16 << 20, depth: 1000, nodes: 250_000, diagnostics: 20)
}
