/// One policy: what it does, whom and what it is about, and under which conditions.
public struct Policy: Sendable {
    public internal(set) var id: PolicyID
    public let effect: Effect
    public let annotations: Annotations
    package let scope: Scope
    package let conditions: [Condition]
    package let tree: ExpressionTree
    /// Where it stands in the text of its set.
    public let span: SourceSpan
    public let position: SourcePosition
    /// The conditions, compiled.
    let program: Program

    /// The conjunction of the scope and every condition, compiled to run many times.
    init(
        id: PolicyID, effect: Effect, annotations: Annotations, scope: Scope, conditions: [Condition], tree: ExpressionTree,
        span: SourceSpan, position: SourcePosition
    ) {
        self.id = id
        self.effect = effect
        self.annotations = annotations
        self.scope = scope
        self.conditions = conditions
        self.tree = tree
        self.span = span
        self.position = position
        program = Compiler.compile(conditions, of: tree)
    }
}

/// A policy's name within its set.
public struct PolicyID: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByStringLiteral {
    public let text: Text

    public init(_ text: String) { self.text = Text(text) }
    public init(stringLiteral value: String) { self.init(value) }

    public var description: String { text.string }
    public static func < (a: PolicyID, b: PolicyID) -> Bool { a.text < b.text }
}

public enum Effect: String, Hashable, Sendable { case permit, forbid }

/// `when { … }` or `unless { … }`.
package struct Condition: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable { case when, unless }

    package let kind: Kind
    package let body: NodeID
}

/// The `@name("value")` of a policy, in their order. Cedar gives them no meaning.
public struct Annotations: Hashable, Sendable {
    public let entries: [Entry]

    public struct Entry: Hashable, Sendable {
        public let name: String
        /// Empty where the annotation has no value.
        public let value: String
        public let position: SourcePosition
    }

    public subscript(name: String) -> String? { entries.first { $0.name == name }?.value }
}
