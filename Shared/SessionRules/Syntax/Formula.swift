internal import Cedar

/// What stands in a `temporal` block: a condition on the events of a session up to now.
struct Formula: Sendable {
    indirect enum Kind: Sendable {
        /// In the order of the text; no conjunct is itself a conjunction.
        case all([Formula])
        case not(Formula)
        case formerly(Window, Formula)
        case previous(Window, Formula)
        case since(Formula, Window, Formula)
        case event(EventPattern)
        case comparison(Relation, Term, Term)
        case exists(Binder, Formula)
        case timepoint(Binder.Name)
        // Only before macros are expanded:
        case call(MacroCall)
        case parameter(String)
        case refined(Formula, [FieldPattern])
    }

    var kind: Kind
    var span: SourceSpan

    static func all(_ parts: [Formula], _ span: SourceSpan) -> Formula {
        var flat: [Formula] = []
        for part in parts {
            if case .all(let inner) = part.kind { flat += inner } else { flat.append(part) }
        }
        if flat.count == 1 { return flat[0] }
        return Formula(kind: .all(flat), span: span)
    }
}

/// How far back an operator looks.
enum Window: Hashable, Sendable {
    case micros(Int64)
    /// Only in a macro's body.
    case parameter(String)

    /// Zero where it is a parameter still, which no expanded rule has.
    var micros: Int64 { if case .micros(let micros) = self { micros } else { 0 } }
}

enum Relation: String, Sendable { case equal = "==", notEqual = "!=", less = "<", lessEqual = "<=", greater = ">", greaterEqual = ">=" }

/// A variable with its type; the type is documentation and is checked for timepoints only.
struct Binder: Hashable, Sendable {
    enum Name: Hashable, Sendable {
        case variable(String)
        /// `?p` and `$t` in a macro's body.
        case parameter(String)
        case fresh(String)

        var text: String {
            switch self {
            case .variable(let name): name
            case .parameter(let name): "?\(name)"
            case .fresh(let name): "$\(name)"
            }
        }
    }

    var name: Name
    var type: String
}

/// `Action::"pay"::request{ input.user: context.input.user }`: an event of one action and kind whose fields are as they are written.
struct EventPattern: Sendable {
    var action: EntityUID
    var kind: String
    var fields: [FieldPattern]
}

struct FieldPattern: Sendable {
    var path: [String]
    var term: Term
    var span: SourceSpan
}

struct MacroCall: Sendable {
    enum Argument: Sendable {
        case interval(Int64)
        case formula(Formula)
        case term(Term)
    }

    var name: String
    var arguments: [Argument]
}
