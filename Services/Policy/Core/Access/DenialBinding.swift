public import JSON
public import Trust

/// What of a denied question an access request must repeat, and what its approval is good for: subject, action, resource, arguments
/// and the members of the context that were asked with.
public struct DenialBinding: Hashable, Sendable {
    /// Change from one moment to the next, and decide nothing that an approval is about.
    private static let volatile: Set<String> = ["time"]

    /// The names of the context's members, in order.
    public let members: [String]
    /// SHA-256 of the canonical form.
    public let digest: SHA256Digest

    /// As it was stored.
    public init(members: [String], digest: SHA256Digest) {
        self.members = members
        self.digest = digest
    }

    /// Of a question as it is asked now, with all of its context.
    public init(_ question: Question) throws(InputFault) {
        try self.init(question, members: question.context.keys.filter { !Self.volatile.contains($0) }.sorted())
    }

    /// Of a request that says more in its context than the question did: only the members that the question had are looked at.
    public init(_ question: Question, members: [String]) throws(InputFault) {
        let context = JSONObject(members.compactMap { name in question.context[name].map { (name, $0) } })
        let content: JSONValue = [
            "subject": question.content["principal"] ?? .null, "action": .string(question.action), "resource": question.content["resource"] ?? .null,
            "input": question.input, "context": .object(context),
        ]
        self.members = members
        digest = try Question.identity(of: content)
    }
}
