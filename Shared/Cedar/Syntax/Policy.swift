/// One policy: what it does, whom and what it is about, and under which conditions. It was written as it is, or linked from a template.
public struct Policy: Sendable {
    public let id: PolicyID
    /// The template and the values that it was made of; nil for a policy that was written as it is.
    public let link: TemplateLink?
    /// Without slots.
    package let scope: Scope
    package let body: PolicyBody

    init(id: PolicyID, body: PolicyBody) {
        self.id = id
        self.body = body
        link = nil
        scope = body.scope
    }

    fileprivate init(id: PolicyID, linking template: Template, values: [Slot: EntityUID]) {
        self.id = id
        body = template.body
        link = TemplateLink(template: template.id, values: values)
        scope = template.body.scope.filled(values)
    }

    public var effect: Effect { body.effect }
    public var annotations: Annotations { body.annotations }
    /// Where it, or its template, stands in the text of its set.
    public var span: SourceSpan { body.span }
    public var position: SourcePosition { body.position }
    package var conditions: [Condition] { body.conditions }
    package var tree: ExpressionTree { body.tree }
    /// The conditions, compiled.
    var program: Program { body.program }
}

/// What a linked policy was made of.
public struct TemplateLink: Hashable, Sendable {
    public let template: PolicyID
    public let values: [Slot: EntityUID]
}

/// A policy with places for entities in its scope. By itself it decides nothing.
public struct Template: Sendable {
    public let id: PolicyID
    package let body: PolicyBody

    public var effect: Effect { body.effect }
    public var annotations: Annotations { body.annotations }
    public var span: SourceSpan { body.span }
    public var position: SourcePosition { body.position }
    /// None in a template that was read from JSON and has the form of a policy.
    public var slots: [Slot] { body.scope.slots }

    /// The policy that this template is with these values; they must be those of its slots, no more and no fewer.
    func linked(as id: PolicyID, _ values: [Slot: EntityUID]) throws(LinkError) -> Policy {
        guard Set(values.keys) == Set(slots) else {
            throw .wrongSlots(template: self.id, expected: slots, found: values.keys.sorted { $0.rawValue < $1.rawValue })
        }
        return Policy(id: id, linking: self, values: values)
    }
}

/// What a policy or a template says, apart from its name and from the values of its slots. Links share that of their template.
package final class PolicyBody: Sendable {
    package let effect: Effect
    package let annotations: Annotations
    package let scope: Scope
    package let conditions: [Condition]
    package let tree: ExpressionTree
    package let span: SourceSpan
    package let position: SourcePosition
    /// The text that it was read from, to say where an expression stands.
    let source: SourceText?
    let program: Program

    init(
        effect: Effect, annotations: Annotations, scope: Scope, conditions: [Condition], tree: ExpressionTree, span: SourceSpan,
        position: SourcePosition, source: SourceText? = nil
    ) {
        self.effect = effect
        self.annotations = annotations
        self.scope = scope
        self.conditions = conditions
        self.tree = tree
        self.span = span
        self.position = position
        self.source = source
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
        /// Whether a value was written, be it an empty one.
        public let hasValue: Bool
        public let position: SourcePosition
    }

    public subscript(name: String) -> String? { entries.first { $0.name == name }?.value }
}
