internal import Cedar

/// Which kinds of events there are, which of them are decided, and what every rule compares whether it says so or not.
public struct EventSchema: Sendable {
    public struct Kind: Sendable {
        public let name: String
        /// Whether such an event asks for a decision.
        public let isDecision: Bool
        let fields: [Field]

        /// The pins of its leaves.
        var pins: [Pin] { fields.flatMap { $0.pins(below: []) } }
    }

    indirect enum Content: Sendable {
        case leaf(type: String)
        /// `inputs` and `outputs`, which the actions of a schema spell out.
        case spread
        case group([Field])
    }

    struct Field: Sendable {
        let name: String
        let content: Content
        var pin: Reference?

        fileprivate func pins(below path: [String]) -> [Pin] {
            if case .group(let fields) = content { return fields.flatMap { $0.pins(below: path + [name]) } }
            return pin.map { [Pin(path: path + [name], reference: $0)] } ?? []
        }
    }

    /// What a pin compares a field with.
    enum Reference: Hashable, Sendable {
        case context([String])
        case scope(ScopeVariable, [String])

        var term: Term.Kind {
            switch self {
            case .context(let path): .context(path)
            case .scope(let variable, let path): .scope(variable, path)
            }
        }
    }

    struct Pin: Hashable, Sendable {
        let path: [String]
        let reference: Reference

        /// Whether the field holds the very thing that a request is looked up by.
        var isSymmetric: Bool {
            switch reference {
            case .context(let path): path == self.path
            case .scope(.principal, let tail): tail.isEmpty && path == ["callerPrincipal"]
            case .scope(.resource, let tail): tail.isEmpty && path == ["callerResource"]
            }
        }
    }

    public let kinds: [Kind]
    /// The longest window that a rule may look back.
    public let windowMaxMicros: Int64

    init(kinds: [Kind], windowMaxMicros: Int64) {
        self.kinds = kinds
        self.windowMaxMicros = windowMaxMicros
    }

    static let windowMaxDefault: Int64 = 86_400_000_000

    public func isDecision(_ kind: String) -> Bool { kinds.contains { $0.name == kind && $0.isDecision } }

    /// Pins that every kind has: rules then see only the events that agree with the request in them.
    var partition: [Pin] {
        guard let first = kinds.first else { return [] }
        return first.pins.filter { pin in pin.isSymmetric && kinds.allSatisfy { $0.pins.contains(pin) } }
    }

    func pins(of kind: String) -> [Pin] { kinds.first { $0.name == kind }?.pins ?? [] }

    /// `request`, `response` and `error` as Dogwood has them, and `reserved`: a request that was allowed and not given back.
    public static let standard: EventSchema = {
        let common = ["callerPrincipal", "callerResource", "requestId", "sessionId"].map { Field(name: $0, content: .leaf(type: "")) }
        let input = Field(name: "input", content: .spread)
        let output = Field(name: "output", content: .spread)
        return EventSchema(
            kinds: [
                Kind(name: "request", isDecision: true, fields: [input] + common),
                Kind(name: reservedKind, isDecision: false, fields: [input] + common),
                Kind(name: "response", isDecision: false, fields: [input, output] + common),
                Kind(name: "error", isDecision: false, fields: [input] + common),
            ], windowMaxMicros: windowMaxDefault)
    }()

    /// The kind of an event that stands for a request from its permission until it is given back.
    public static let reservedKind = "reserved"
}
