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

    /// `request`, `response` and `error`, and `reserved`: a request that was allowed and not given back. Everybody in the session counts.
    public static let standard = EventSchema(
        kinds: [Kind(name: "request", isDecision: true, fields: fields(pinned: false, hasOutput: false))]
            + [reservedKind, "response", "error"].map { name in
                Kind(name: name, isDecision: false, fields: fields(pinned: false, hasOutput: name == "response"))
            }, windowMaxMicros: windowMaxDefault)

    /// The one that Dogwood takes where none is named: rules see the events of the request's own principal only.
    public static let dogwood = EventSchema(
        kinds: ["request", "response", "error"].map { name in
            Kind(name: name, isDecision: name == "request", fields: fields(pinned: true, hasOutput: name == "response"))
        }, windowMaxMicros: windowMaxDefault)

    private static func fields(pinned: Bool, hasOutput: Bool) -> [Field] {
        [Field(name: "input", content: .spread)] + (hasOutput ? [Field(name: "output", content: .spread)] : []) + [
            Field(name: "callerPrincipal", content: .leaf(type: ""), pin: pinned ? .scope(.principal, []) : nil),
            Field(name: "callerResource", content: .leaf(type: "")), Field(name: "requestId", content: .leaf(type: "")),
            Field(name: "sessionId", content: .leaf(type: "")),
        ]
    }

    /// The kind of an event that stands for a request from its permission until it is given back.
    public static let reservedKind = "reserved"
}
