/// What this engine runs. A document may say more; publishing refuses what is not here, with the node and the reason.
///
/// The one place to change when the engine learns a kind: take it out of the set.
public struct EngineSupport: Sendable {
    /// A kind of node, or a way of using one.
    public enum Feature: String, Sendable, CaseIterable {
        case parallel, each, assign, `guard`, subflow, agent
        case computedWait = "a wait whose time is computed"
        case calendar = "a schedule by the calendar"
        case startedByFlow = "a trigger of kind subflow"
    }

    public var missing: Set<Feature>

    public init(missing: Set<Feature>) { self.missing = missing }

    public static let current = EngineSupport(missing: Set(Feature.allCases))
    /// For a check of the document alone.
    public static let everything = EngineSupport(missing: [])

    func problems(_ nodes: [FlowNode], pointer: (String) -> String) -> [FlowProblem] {
        guard !missing.isEmpty else { return [] }
        return nodes.compactMap { node in
            guard let feature = node.feature, missing.contains(feature) else { return nil }
            let name = node.type == feature.rawValue ? "`\(feature.rawValue)`" : feature.rawValue
            return FlowProblem(
                node: node.id, port: "type", pointer: "\(pointer(node.id))/type", "this engine does not run \(name) yet", fix: feature.instead)
        }
    }
}

extension EngineSupport.Feature {
    /// What can be done today.
    fileprivate var instead: String {
        switch self {
        case .parallel: "put the branches one after the other, or keep the document as a draft until it does"
        case .each: "call an operation that takes the whole list, or keep the document as a draft until it does"
        case .assign: "write the expressions where their values are used"
        case .guard: "a 'call' asks policy before it runs: let its 'denied' port decide"
        case .subflow: "copy the nodes of that flow into this one"
        case .agent: "let a person do it: a 'task'"
        case .computedWait: "write a fixed duration: \"for\": \"1h\""
        case .calendar: "write \"every\": \"24h\""
        case .startedByFlow: "use \"manual\" and start it from outside"
        }
    }
}

extension FlowNode {
    fileprivate var feature: EngineSupport.Feature? {
        switch kind {
        case .parallel: .parallel
        case .each: .each
        case .assign: .assign
        case .guard: .guard
        case .subflow: .subflow
        case .agent: .agent
        case .wait(let wait):
            switch wait.condition {
            case .computed, .moment: .computedWait
            case .time, .event: nil
            }
        case .trigger(let trigger):
            switch trigger.source {
            case .calendar: .calendar
            case .subflow: .startedByFlow
            default: nil
            }
        default: nil
        }
    }
}
