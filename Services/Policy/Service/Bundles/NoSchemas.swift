internal import Cedar
internal import JSON
internal import PolicyCore

/// Validates nothing, and so refuses every bundle that asks to be validated.
struct NoSchemas: BundleValidator {
    func problems(_ policies: PolicySet, entities: JSONValue, schema: String) -> [BundleProblem] {
        [
            BundleProblem(
                source: .schema, line: 0, column: 0,
                message: "this build cannot hold policies against a schema, and a bundle that cannot be validated is not stored",
                fix: "leave the schema out")
        ]
    }
}
