/// Which fields the parts of a workflow have (DSL 1.0's schema).
enum WorkflowFields {
    static let kinds = ["call", "do", "emit", "for", "fork", "listen", "raise", "run", "set", "switch", "try", "wait"]
    static let root = ["document", "input", "use", "do", "timeout", "output", "schedule", "evaluate"]
    static let task = ["if", "input", "output", "export", "timeout", "then", "metadata"]
    static let calls = ["http", "grpc", "openapi", "asyncapi", "a2a", "mcp"]
    static let directives: Set<String> = ["continue", "exit", "end"]

    /// Besides the one that names the kind.
    static func own(_ kind: String) -> [String] {
        switch kind {
        case "call": ["with"]
        case "for": ["while", "do"]
        case "try": ["catch"]
        case "listen": ["foreach"]
        default: []
        }
    }

    /// What `with` must have, by what is called.
    static func required(_ call: String) -> [String] {
        switch call {
        case "http": ["method", "endpoint"]
        case "openapi": ["document", "operationId"]
        case "grpc": ["proto", "service", "method"]
        case "asyncapi": ["document"]
        default: []
        }
    }

    static let units = ["days": 86_400.0, "hours": 3_600, "minutes": 60, "seconds": 1, "milliseconds": 0.001]
}
