public import Cedar
public import FoundationEssentials
public import JSON
public import Trust

/// Policies and entities that were found good and are ready to decide with. Never changed: other content is another bundle.
public struct CompiledBundle: Sendable {
    /// SHA-256 of the canonical form of the content.
    public let digest: SHA256Digest
    public let policies: PolicySet
    public let gates: [PolicyID: Gate]
    /// Nothing is permitted from then on; nil for never.
    public let expires: Date?
    private let known: Entities

    /// Without any policy: everything is denied.
    public static let empty = CompiledBundle(digest: digest(policies: "", entities: []), policies: .empty, gates: [:], expires: nil, known: .none)

    private init(digest: SHA256Digest, policies: PolicySet, gates: [PolicyID: Gate], expires: Date?, known: Entities) {
        self.digest = digest
        self.policies = policies
        self.gates = gates
        self.expires = expires
        self.known = known
    }

    public static func digest(policies: String, entities: JSONValue) -> SHA256Digest {
        let content: JSONValue = ["policies": .string(policies), "entities": .string(entities.encodedString())]
        return SHA256Digest(hashing: content.encoded())
    }

    /// Everything that is wrong is reported together.
    public static func compile(policies text: String, entities json: JSONValue) throws(BundleProblems) -> CompiledBundle {
        var problems: [BundleProblem] = []
        var gates: [PolicyID: Gate] = [:]
        var policies = PolicySet.empty
        do throws(PolicySyntaxError) {
            policies = try PolicySet(parsing: text)
        } catch {
            problems += error.diagnostics.map(BundleProblem.init)
        }
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
            known = try Entities(json: json)
        } catch {
            problems.append(BundleProblem(line: 0, column: 0, message: "entities: \(error)", policy: ""))
        }
        guard problems.isEmpty else { throw BundleProblems(problems: problems) }
        return CompiledBundle(digest: digest(policies: text, entities: json), policies: policies, gates: gates, expires: nil, known: known)
    }

    /// Ids stand in logs, receipts and tables, where a control character would be a trap.
    private static func check(_ id: PolicyID, _ place: SourcePosition) throws(BundleProblem) {
        guard (1...128).contains(id.description.utf8.count), id.description.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw BundleProblem(line: place.line, column: place.column, message: "an id has 1 to 128 bytes and no control character", policy: "")
        }
    }

    // MARK: What a question sees

    func matter(_ question: Question) throws(InputFault) -> Matter { try Matter(question, try entities(for: question)) }

    /// The bundle's entities, with the principal in its roles. What the bundle knows is not looked at again.
    private func entities(for question: Question) throws(InputFault) -> Entities {
        let uid = question.principalUID
        let earlier = known[uid]
        let roles = question.roles.lazy.map(Question.role).filter { $0 != uid }
        let principal = Entity(
            uid: uid, attributes: earlier?.attributes ?? .empty, tags: earlier?.tags ?? .empty, parents: (earlier?.parents ?? []) + roles)
        do throws(EntitiesError) {
            let entities = try known.adding(principal)
            return entities[question.resourceUID] == nil ? try entities.adding(Entity(uid: question.resourceUID)) : entities
        } catch {
            // The bundle alone has no cycle: a role that is below the principal made one.
            throw InputFault(field: "roles", message: error.description)
        }
    }
}

public struct BundleProblems: Error, Hashable, Sendable {
    public let problems: [BundleProblem]

    public init(problems: [BundleProblem]) { self.problems = problems }
}

extension BundleProblem {
    init(_ diagnostic: SyntaxDiagnostic) {
        let advice = diagnostic.suggestion.map { " (\($0))" } ?? ""
        self.init(line: diagnostic.position.line, column: diagnostic.position.column, message: diagnostic.message + advice, policy: "")
    }
}
