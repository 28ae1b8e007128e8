/// What session rules may cost at the most; a limit that is passed is named in the fault.
public struct RuleLimits: Sendable {
    /// Bytes of a text of policies.
    public var size: Int
    /// Conditions inside each other, macros expanded.
    public var depth: Int
    /// Parts of one `temporal` block, macros expanded.
    public var nodes: Int
    /// Faults reported before the parser gives up.
    public var diagnostics: Int
    /// Bytes of policies once their macros are expanded.
    public var expandedSize: Int

    public init(size: Int = 4 << 20, depth: Int = 64, nodes: Int = 4000, diagnostics: Int = 20, expandedSize: Int = 16 << 20) {
        self.size = size
        self.depth = depth
        self.nodes = nodes
        self.diagnostics = diagnostics
        self.expandedSize = expandedSize
    }

    public static let `default` = RuleLimits()
}
