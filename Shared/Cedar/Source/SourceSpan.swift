/// The bytes of a policy text that something was read from, as half-open UTF-8 offsets.
public struct SourceSpan: Hashable, Sendable {
    public var lower: Int
    public var upper: Int

    public init(_ lower: Int, _ upper: Int) {
        self.lower = lower
        self.upper = upper
    }

    /// From the start of this span to the end of `other`.
    func joined(to other: SourceSpan) -> SourceSpan { SourceSpan(lower, other.upper) }
}
