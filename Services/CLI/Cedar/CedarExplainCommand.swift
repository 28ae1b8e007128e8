internal import ArgumentParser
internal import Cedar

/// `provable cedar explain`: why a request is decided as it is.
struct CedarExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a request is decided as it is: who decided, what came close, and what each part came to.")

    @OptionGroup var request: RequestArguments
    @OptionGroup var policies: PolicyArguments
    @OptionGroup var entities: EntityArguments

    @Option(help: "Of how many policies, the closest first.")
    var limit = 10

    func run() throws {
        let set = try policies.policySet()
        let shapes = try entities.shapes()
        let (request, entities) = (try request.request(shapes: shapes), try entities.read(shapes: shapes))
        let explanation = Authorizer.explain(request, set, entities, policiesMax: limit)
        print(explanation.response.decision == .allow ? "ALLOW" : "DENY")
        if let other = Authorizer.smallestChange(request, set, entities) {
            print("the smallest change that would \(other.decision == .allow ? "allow" : "deny") it:")
            for change in other.changes { print("  \(change)") }
        }
        for policy in explanation.policies {
            let place = policy.position.line > 0 ? " (\(policy.position))" : ""
            print("\n\(policy.id)\(place): \(Self.words(policy))\n  \(policy.sentence)")
            if let decisive = policy.decisive { print("  \(decisive.text) is what does not fit") }
            for step in policy.trace.steps {
                print("  \(String(repeating: "  ", count: step.depth))\(step.text)  =>  \(Self.words(step.outcome))")
            }
        }
        let rest = set.policies.count - explanation.policies.count
        if rest > 0 { print("\nand \(rest) policies more that are further from it") }
    }

    private static func words(_ policy: PolicyExplanation) -> String {
        switch policy.outcome {
        case .satisfied: "\(policy.effect.rawValue)s it"
        case .scopeDiffers(let parts): "does not apply: \(parts.joined(separator: "; "))"
        case .conditionFails: "applies, but a condition does not hold"
        case .error(let error): "could not be evaluated, and was skipped: \(error)"
        }
    }

    private static func words(_ outcome: Trace.Outcome) -> String {
        switch outcome {
        case .value(let value): value.description
        case .fault(let fault): "ERROR \(fault)"
        case .failed: "no value, as a part of it erred"
        case .skipped: "not reached"
        }
    }
}
