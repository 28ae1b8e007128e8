public import Cedar
public import JSON

/// Holds policies and entities against a schema. A bundle with a schema that cannot be validated is not published.
public protocol BundleValidator: Sendable {
    /// - Parameter schema: In either of Cedar's syntaxes, and not empty.
    func problems(_ policies: PolicySet, entities: JSONValue, schema: String) -> [BundleProblem]
}
