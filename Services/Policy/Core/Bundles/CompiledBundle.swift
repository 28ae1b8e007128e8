public import Cedar
public import FoundationEssentials
public import JSON
public import SessionRules
public import Trust

/// Policies and entities that were found good and are ready to decide with. Never changed: other content is another bundle.
public struct CompiledBundle: Sendable {
    public let content: BundleContent
    /// Of the content.
    public let digest: SHA256Digest
    public let policies: PolicySet
    public let gates: [PolicyID: Gate]
    /// The `temporal` blocks of the policies.
    public let sessionRules: SessionRuleSet
    /// Of the bundle's entities.
    public let entitiesDigest: SHA256Digest
    /// The bundle's own entities.
    let known: Entities

    /// Without any policy: everything is denied.
    public static let empty = CompiledBundle(
        content: BundleContent(policies: ""), digest: BundleContent(policies: "").digest, sessionRules: .empty, gates: [:], known: .none)

    private init(content: BundleContent, digest: SHA256Digest, sessionRules: SessionRuleSet, gates: [PolicyID: Gate], known: Entities) {
        self.content = content
        self.digest = digest
        self.sessionRules = sessionRules
        policies = sessionRules.policies
        self.gates = gates
        entitiesDigest = SHA256Digest(hashing: content.entities.encoded())
        self.known = known
    }

    public static func compile(policies text: String, entities json: JSONValue = []) throws(BundleProblems) -> CompiledBundle {
        try compile(BundleContent(policies: text, entities: json))
    }

    /// Everything that is wrong is reported together.
    public static func compile(_ content: BundleContent) throws(BundleProblems) -> CompiledBundle {
        var problems: [BundleProblem] = []
        var gates: [PolicyID: Gate] = [:]
        let sessionRules = readSessionRules(content.policies, into: &problems)
        let policies = sessionRules.policies
        for policy in policies.policies {
            do throws(BundleProblem) {
                try check(policy.id, policy.position)
                gates[policy.id] = try Gate.read(policy)
            } catch {
                problems.append(error)
            }
        }
        for template in policies.templates {
            let place = template.position
            let message = "a template decides nothing until it is linked, and bundles have no links; name an entity in place of its slot"
            problems.append(BundleProblem(line: place.line, column: place.column, message: message, policy: template.id.description))
        }
        var known = Entities.none
        do throws(EntitiesError) {
            known = try Entities(json: content.entities)
        } catch {
            problems.append(BundleProblem(source: .entities, line: 0, column: 0, message: "entities: \(error)"))
        }
        guard problems.isEmpty else { throw BundleProblems(problems: problems) }
        return CompiledBundle(content: content, digest: content.digest, sessionRules: sessionRules, gates: gates, known: known)
    }

    /// Ids stand in logs, receipts and tables, where a control character would be a trap.
    private static func check(_ id: PolicyID, _ place: SourcePosition) throws(BundleProblem) {
        guard (1...128).contains(id.description.utf8.count), id.description.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw BundleProblem(line: place.line, column: place.column, message: "an id has 1 to 128 bytes and no control character", policy: "")
        }
    }

    /// Nothing is permitted from then on; nil for never.
    public var expires: Date? { content.expires }

    // MARK: What a question sees

    func matter(_ question: Question) throws(InputFault) -> Matter { try Matter(question, over: known) }
}
