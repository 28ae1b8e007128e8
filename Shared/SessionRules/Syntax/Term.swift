internal import Cedar

/// What an event's field is compared with, and what comparisons compare.
struct Term: Sendable {
    indirect enum Kind: Sendable {
        case value(Value)
        /// An attribute of the context of the request that is being decided.
        case context([String])
        /// The principal or the resource of that request, or an attribute of it.
        case scope(ScopeVariable, [String])
        case variable(String)
        case wildcard
        case aggregate(Aggregate)
        // Only before macros are expanded:
        case parameter(String)
        case fresh(String)
    }

    var kind: Kind
    var span: SourceSpan
}

enum ScopeVariable: String, Hashable, Sendable { case principal, resource }

/// How many different rows there are, or what one column of them sums up to.
struct Aggregate: Sendable {
    enum Kind: Sendable {
        case count
        case sum(Binder.Name)
        /// Only before macros are expanded.
        case call(MacroCall)
    }

    var kind: Kind
    var binders: [Binder]
    var body: Formula
}
