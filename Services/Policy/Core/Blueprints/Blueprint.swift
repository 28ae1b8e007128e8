internal import Cedar
internal import FoundationEssentials
internal import JSON
public import Trust

/// An agency's bundle, over which a client lays its own policies.
///
/// A client can only tighten. What it adds are forbids, gated or not, with ids of their own: a forbid added never loosens a verdict. It
/// adds no entities, since one of them could put somebody into a role that the blueprint permits something to.
public struct Blueprint: Sendable {
    public let digest: SHA256Digest
    public let content: BundleContent
    private let ids: Set<PolicyID>

    /// - Throws: Where the blueprint itself is none.
    public init(_ content: BundleContent) throws(BundleProblems) {
        digest = content.digest
        self.content = content
        ids = Set(try CompiledBundle.compile(content).policies.policies.map(\.id))
    }

    /// Whether this is a client's part that only tightens. Places are those of the part.
    func check(_ addition: BundleContent) throws(BundleProblems) {
        var problems: [BundleProblem] = []
        if addition.entities != [] {
            problems.append(
                BundleProblem(
                    source: .entities, line: 0, column: 0, message: "a client adds no entities to its blueprint: they could widen who is permitted",
                    fix: "ask the agency to add them to the blueprint"))
        }
        if !addition.schema.isEmpty {
            problems.append(
                BundleProblem(
                    source: .schema, line: 0, column: 0, message: "the schema is the blueprint's", fix: "leave the schema out"))
        }
        // With the faults of the text alone, so that their places are right.
        for policy in try CompiledBundle.compile(BundleContent(policies: addition.policies)).policies.policies {
            if policy.effect != .forbid {
                problems.append(
                    BundleProblem(
                        policy, "a client can only tighten its blueprint, and a permit may loosen it",
                        fix: "write a forbid, or ask the agency to permit it in the blueprint"))
            }
            if policy.annotations["id"] == nil {
                problems.append(BundleProblem(policy, "a policy over a blueprint needs a name", fix: "annotate it with @id(\"…\")"))
            }
            if ids.contains(policy.id) {
                problems.append(BundleProblem(policy, "the blueprint has a policy of this id", fix: "name it otherwise"))
            }
        }
        guard problems.isEmpty else { throw BundleProblems(problems: problems) }
    }

    /// The whole that is in force: the blueprint's policies, then the client's.
    public func composed(with addition: BundleContent) -> BundleContent {
        let expiries = [content.expires, addition.expires].compactMap(\.self)
        return BundleContent(
            policies: content.policies + "\n" + addition.policies, entities: content.entities, schema: content.schema,
            tests: .array((content.tests.arrayValue ?? []) + (addition.tests.arrayValue ?? [])), expires: expiries.min(), blueprint: digest)
    }
}
