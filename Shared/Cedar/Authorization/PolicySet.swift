/// The policies that decide together, and the templates that some of them were linked from. Their order does not matter to any decision.
public struct PolicySet: Sendable {
    /// Those that decide: written as they are, or linked from a template.
    public let policies: [Policy]
    public let templates: [Template]
    /// Of the policies, by their scopes.
    let index: ScopeIndex
    private let positions: [PolicyID: Position]

    private enum Position: Sendable {
        case policy(Int)
        case template(Int)
    }

    /// How policies are named.
    public enum Naming: Sendable {
        /// `policy0`, `policy1`, … as Cedar names them; templates are counted too.
        case byPosition
        /// By the annotation `@id("…")`; by position where there is none.
        case byAnnotation
    }

    public static let empty = PolicySet(unique: [], [])

    /// No id occurs twice.
    init(unique policies: [Policy], _ templates: [Template]) {
        self.policies = policies
        self.templates = templates
        var positions: [PolicyID: Position] = [:]
        positions.reserveCapacity(policies.count + templates.count)
        for (index, policy) in policies.enumerated() { positions[policy.id] = .policy(index) }
        for (index, template) in templates.enumerated() { positions[template.id] = .template(index) }
        self.positions = positions
        index = ScopeIndex(policies.map(\.scope))
    }

    /// Parses a text of any number of policies and templates. All faults are reported together.
    public init(
        parsing text: String, naming: Naming = .byAnnotation, limits: SyntaxLimits = .default
    ) throws(PolicySyntaxError) {
        var parser = try Parser(SourceText(text), limits: limits)
        let parsed = try parser.parsePolicies(naming: naming)
        self.init(unique: parsed.policies, parsed.templates)
    }

    public subscript(id: PolicyID) -> Policy? {
        guard case .policy(let index)? = positions[id] else { return nil }
        return policies[index]
    }

    public func template(_ id: PolicyID) -> Template? {
        guard case .template(let index)? = positions[id] else { return nil }
        return templates[index]
    }

    /// What a template becomes when its slots are filled, and under which id.
    public struct Link: Hashable, Sendable {
        public let template: PolicyID
        public let id: PolicyID
        public let values: [Slot: EntityUID]

        public init(template: PolicyID, id: PolicyID, values: [Slot: EntityUID]) {
            self.template = template
            self.id = id
            self.values = values
        }
    }

    /// This set with a policy more for each link; all of them or none.
    public func linking(_ links: [Link]) throws(LinkError) -> PolicySet {
        var linked = policies
        var taken: Set<PolicyID> = []
        for link in links {
            guard let template = template(link.template) else { throw .noSuchTemplate(link.template) }
            guard positions[link.id] == nil, taken.insert(link.id).inserted else { throw .idIsTaken(link.id) }
            linked.append(try template.linked(as: link.id, link.values))
        }
        return PolicySet(unique: linked, templates)
    }

    /// This set without one linked policy.
    public func unlinking(_ id: PolicyID) throws(LinkError) -> PolicySet {
        guard self[id]?.link != nil else { throw .noSuchLink(id) }
        return PolicySet(unique: policies.filter { $0.id != id }, templates)
    }

    /// The policies and templates of both.
    public func union(_ other: PolicySet) throws(LinkError) -> PolicySet {
        let ids = other.policies.map(\.id) + other.templates.map(\.id)
        if let taken = ids.first(where: { positions[$0] != nil }) { throw .idIsTaken(taken) }
        return PolicySet(unique: policies + other.policies, templates + other.templates)
    }
}
