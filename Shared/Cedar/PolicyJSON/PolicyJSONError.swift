/// Why policies cannot be read from JSON, or be written to it.
public struct PolicyJSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the JSON, such as `staticPolicies.policy0.conditions[0].body.==.left`.
    public let path: String
    public let reason: String

    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

/// Expressions inside each other that the JSON format is read and written with at the most. Cedar's own reader goes to about 60.
enum PolicyJSONLimits {
    static let depth = 1000
}
