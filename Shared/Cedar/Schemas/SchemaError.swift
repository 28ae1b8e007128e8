/// All that is wrong with a schema: what does not parse, or else what it names and is not there, or is there twice.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
    public var faults: [Fault]

    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        public var message: String
        /// What would be accepted instead, where it is known.
        public var suggestion: String?
        /// Nil where the schema was not read from a text.
        public var position: SourcePosition?
        /// The way to the fault, for schemas in JSON.
        public var path: [String]

        public var description: String {
            let place = position.map { "\($0): " } ?? ""
            let way = path.isEmpty ? "" : " at " + path.joined(separator: ".")
            return place + message + way + (suggestion.map { " (\($0))" } ?? "")
        }
    }

    public var description: String { faults.map(\.description).joined(separator: "\n") }

    init(faults: [Fault]) { self.faults = faults }

    init(_ error: PolicySyntaxError) {
        faults = error.diagnostics.map { Fault(message: $0.message, suggestion: $0.suggestion, position: $0.position, path: []) }
    }
}

/// A fault before its place is known to people.
struct SchemaFault: Error {
    let message: String
    let place: SchemaPlace
    let suggestion: String?

    init(_ message: String, _ place: SchemaPlace, suggestion: String? = nil) {
        self.message = message
        self.place = place
        self.suggestion = suggestion
    }
}
