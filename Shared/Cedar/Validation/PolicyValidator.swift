/// Holds policies against a schema: whether what they name is there, whether they can be evaluated without fault, and whether they can apply
/// at all.
public struct PolicyValidator: Sendable {
    public let schema: Schema
    public let mode: ValidationMode

    /// Expressions looked at for one policy, in all the kinds of requests that it is checked for, before it is refused as too costly.
    public let stepsMax: Int

    /// How many entities after each other a policy may look into; nil for any number.
    public let level: Int?

    public init(_ schema: Schema, mode: ValidationMode = .strict, level: Int? = nil, stepsMax: Int = 20_000_000) {
        self.schema = schema
        self.mode = mode
        self.level = level
        self.stepsMax = stepsMax
    }

    /// Templates are held against the schema for all entities that may fill their slots; their links only for what these add.
    public func validate(_ set: PolicySet) -> ValidationResult {
        var run = ValidationRun(schema.model, mode, level: level, stepsMax: stepsMax)
        for policy in set.policies where policy.link == nil { run.validate(policy.id, policy.body) }
        for template in set.templates { run.validate(template.id, template.body) }
        for policy in set.policies { if let link = policy.link { run.validate(policy, link) } }
        return ValidationResult(findings: run.findings)
    }

    /// Parses and validates in one, for an author: what does not parse is thrown, what does not fit is returned.
    public func validate(
        _ text: String, naming: PolicySet.Naming = .byAnnotation
    ) throws(PolicySyntaxError) -> (policies: PolicySet, result: ValidationResult) {
        let set = try PolicySet(parsing: text, naming: naming)
        return (set, validate(set))
    }
}

/// What is kept from one policy to the next.
struct ValidationRun {
    private let schema: SchemaModel
    private let level: Int?
    private var checker: ConditionChecker
    private(set) var findings: [ValidationFinding] = []

    init(_ schema: SchemaModel, _ mode: ValidationMode, level: Int?, stepsMax: Int) {
        self.schema = schema
        self.level = level
        checker = ConditionChecker(schema, mode, stepsMax: stepsMax)
    }

    mutating func validate(_ id: PolicyID, _ body: PolicyBody) {
        var faults = PolicyNames.faults(of: body, schema)
        let scope = ScopeChecker(schema: schema, scope: body.scope)
        if !scope.isApplicable { faults.append(noAction(scope, body.span)) }
        let canApply = check(body, scope)
        faults += checker.faults
        if checker.isTooCostly {
            faults.append(
                .init(
                    code: .tooCostly, span: body.span, message: "the policy takes more than \(checker.stepsMax) steps to validate",
                    suggestion: "name the action, or the types of principal and resource, in its head"))
        }
        // Levels are those of policies that are valid.
        if let level, faults.isEmpty { faults = levelFaults(body, scope, level) }
        faults.sort { $0.span.lower < $1.span.lower }
        add(faults, .error, id, body)
        add(ConfusableText.check(body), .warning, id, body)
        guard !canApply else { return }
        let warning = ConditionChecker.Fault(
            code: .neverApplies, span: body.span, message: "the policy cannot apply to any request that the schema allows", suggestion: nil)
        add([warning], .warning, id, body)
    }

    /// A link: what it names, and whether it can apply.
    mutating func validate(_ policy: Policy, _ link: TemplateLink) {
        var faults: [ConditionChecker.Fault] = []
        for uid in link.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }).map(\.value) {
            guard !TypeName.isAction(uid.type), schema.entityType(uid.type) == nil else { continue }
            faults.append(
                .init(
                    code: .unknownEntityType, span: policy.span, message: "there is no entity type `\(uid.type)`",
                    suggestion: schema.nearestEntityType(to: uid.type).map { "did you mean `\($0)`?" }))
        }
        let scope = ScopeChecker(schema: schema, scope: policy.scope)
        if !scope.isApplicable { faults.append(noAction(scope, policy.span)) }
        add(faults, .error, policy.id, policy.body)
    }

    private func noAction(_ scope: ScopeChecker, _ span: SourceSpan) -> ConditionChecker.Fault {
        var advice: String?
        if scope.wouldInHelp(scope.scope.principal, \.principals) { advice = "did you mean `principal in` instead of `principal ==`?" }
        if scope.wouldInHelp(scope.scope.resource, \.resources) { advice = "did you mean `resource in` instead of `resource ==`?" }
        return .init(
            code: .noApplicableAction, span: span, message: "no action applies to a principal and a resource as the head of the policy asks for them",
            suggestion: advice)
    }

    private mutating func add(
        _ faults: [ConditionChecker.Fault], _ severity: ValidationFinding.Severity, _ id: PolicyID, _ body: PolicyBody
    ) {
        for fault in faults {
            findings.append(
                ValidationFinding(
                    severity: severity, code: fault.code, policy: id, position: body.source?.position(of: fault.span.lower), span: fault.span,
                    message: fault.message, suggestion: fault.suggestion))
        }
    }

    // MARK: Conditions

    /// Which parts of a request the conditions look at: for requests that are alike in these they are checked once.
    private struct Relevant: Hashable {
        let principal: Int32?
        let action: Int?
        let resource: Int32?
        let context: TypeID?
    }

    private struct Used {
        var principal = false
        var action = false
        var resource = false
        var context = false

        /// Whether all requests are alike to the conditions.
        var isNothing: Bool { !principal && !action && !resource && !context }

        init(_ tree: ExpressionTree) {
            for node in tree.nodes {
                guard case .variable(let variable) = node.kind else { continue }
                switch variable {
                case .principal: principal = true
                case .action: action = true
                case .resource: resource = true
                case .context: context = true
                }
            }
        }
    }

    /// Checks the conditions for each kind of request that the head admits.
    /// - Returns: Whether the policy may apply to one.
    private mutating func check(_ body: PolicyBody, _ scope: ScopeChecker) -> Bool {
        checker.begin(body.tree)
        let used = Used(body.tree)
        var known: [Relevant: TypeID] = [:]
        var canApply = false
        let listFault = checker.mode == .strict ? scope.listFault(body.span) : nil
        for index in schema.actions.indices {
            let action = schema.actions[index]
            // After a fault in the head the rest is looked at all the same.
            guard listFault != nil || scope.verdict(ofAction: index) != TypeTable.no else { continue }
            for principal in action.principals where scope.verdict(scope.scope.principal, principal) != TypeTable.no {
                if let fault = listFault { checker.report(fault) }
                for resource in action.resources where scope.verdict(scope.scope.resource, resource) != TypeTable.no {
                    guard !checker.isTooCostly else { return true }
                    checker.steps += 1
                    let relevant = Relevant(
                        principal: used.principal ? principal : nil, action: used.action ? index : nil, resource: used.resource ? resource : nil,
                        context: used.context ? action.context : nil)
                    if let type = known[relevant] {
                        canApply = canApply || type != TypeTable.no
                        continue
                    }
                    checker.environment = RequestEnvironment(principal: principal, action: index, resource: resource)
                    let type = conditions(body)
                    known[relevant] = type
                    canApply = canApply || type != TypeTable.no
                    if used.isNothing { return canApply }
                }
            }
        }
        return canApply
    }

    /// All `when`, and no `unless`.
    private mutating func conditions(_ body: PolicyBody) -> TypeID {
        var whole = ConditionChecker.Answer(type: TypeTable.yes)
        for condition in body.conditions {
            let answer = checker.condition(condition, whole.capabilities)
            whole = checker.both(whole, answer)
            if whole.type == TypeTable.no { break }
        }
        return whole.type ?? TypeTable.bool
    }

    // MARK: Levels

    private mutating func levelFaults(_ body: PolicyBody, _ scope: ScopeChecker, _ levelMax: Int) -> [ConditionChecker.Fault] {
        var levels = LevelChecker(checker, levelMax: levelMax)
        var asksHierarchy = false
        checker.keepsAnswers = true
        defer { checker.keepsAnswers = false }
        for (index, action) in schema.actions.enumerated() {
            for principal in action.principals {
                if scope.scope.principal.asksHierarchy { asksHierarchy = true }
                guard scope.verdict(scope.scope.principal, principal) != TypeTable.no else { continue }
                if case .in = scope.scope.action { asksHierarchy = true }
                guard scope.verdict(ofAction: index) != TypeTable.no else { continue }
                for resource in action.resources {
                    if scope.scope.resource.asksHierarchy { asksHierarchy = true }
                    guard scope.verdict(scope.scope.resource, resource) != TypeTable.no, !checker.isTooCostly else { continue }
                    checker.environment = RequestEnvironment(principal: principal, action: index, resource: resource)
                    checker.kept = Array(repeating: nil, count: body.tree.nodes.count)
                    _ = conditions(body)
                    levels.look(checker)
                    for condition in body.conditions { levels.check(condition.body) }
                }
            }
        }
        guard levelMax == 0, asksHierarchy else { return levels.faults }
        let head = ConditionChecker.Fault(
            code: .levelExceeded, span: body.span, message: "the head looks into 1 entity; at most 0 are allowed", suggestion: "use `==` or `is`")
        return levels.faults + [head]
    }
}

extension EntityConstraint {
    /// Whether it takes the ancestors of an entity to decide it.
    fileprivate var asksHierarchy: Bool {
        switch self {
        case .in, .isIn: true
        case .any, .equal, .is: false
        }
    }
}
