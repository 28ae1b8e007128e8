/// What this engine runs. A document may say more; publishing refuses what is not here, with the node and the reason.
///
/// The one place to change when the engine learns a kind: take it out of the set.
public struct EngineSupport: Sendable {
    /// A kind of node, or a way of using one.
    public enum Feature: String, Sendable, CaseIterable {
        case agent
        case calendar = "a schedule by the calendar"
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
        case .agent: "let a person do it: a 'task'"
        case .calendar: "write \"every\": \"24h\""
        }
    }
}

extension FlowNode {
    fileprivate var feature: EngineSupport.Feature? {
        switch kind {
        case .agent: return .agent
        case .trigger(let trigger):
            guard case .calendar = trigger.source else { return nil }
            return .calendar
        default: return nil
        }
    }
}
