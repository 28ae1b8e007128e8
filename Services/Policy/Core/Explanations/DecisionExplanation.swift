public import Cedar

/// Why policies say what they say of a question, and what would make them say otherwise: before any approval, as Cedar answers.
public struct DecisionExplanation: Sendable {
    /// Those that decided first, then those that came closest.
    public let policies: [PolicyExplanation]
    /// The fewest changes that would flip the answer; nil where no few would.
    public let flip: Counterfactual?

    /// - Parameter policiesMax: Of how many policies, the closest first.
    /// - Throws: Where the question cannot be asked.
    public init(of question: Question, in bundle: CompiledBundle, policiesMax: Int) throws(InputFault) {
        let matter = try bundle.matter(question)
        let request = matter.request(.none)
        policies = Authorizer.explain(request, bundle.policies, matter.entities, policiesMax: policiesMax).policies
        flip = Authorizer.smallestChange(request, bundle.policies, matter.entities)
    }
}
