package import JSON

/// One thing that a connector can do.
package struct OperationManifest: Sendable, Hashable {
    package enum Work: Sendable, Hashable {
        case http(HTTPOperation)
        /// Another service of the platform does it, over the mesh; the operation's name says what.
        case mesh
    }

    /// With the connector's name in front: `jira.issue.create`.
    package var name: String
    package var title: String
    package var input: InputSchema
    package var output: InputSchema
    package var idempotency: IdempotencyStrategy
    /// In millionths of a US dollar.
    package var costMicros: Int64
    package var timeout: Duration
    package var work: Work
}

/// How an operation is done with HTTP.
package struct HTTPOperation: Sendable, Hashable {
    package var lookups: [Lookup]
    package var request: RequestTemplate
    package var expectations: [Expectation]
    package var output: JSONTemplate
    /// The first one that applies to the input is used; the last applies to all. Empty where nothing is read back.
    package var guards: [ReadBackGuard]

    package func readBackGuard(for input: JSONValue) -> ReadBackGuard? {
        guards.first { rule in rule.member.map { input[$0] != nil } ?? true }
    }
}
