extension PolicySet {
    /// The policies whose scope fits the request, whatever their conditions say.
    public func matching(_ request: Request, _ entities: Entities) -> [Policy] {
        index.candidates(request, entities).lazy.map { policies[Int($0)] }.filter { $0.scope.matches(request, entities) }
    }

    /// This set with those of its policies that `isKept` says.
    public func filter(_ isKept: (Policy) -> Bool) -> PolicySet { PolicySet(unique: policies.filter(isKept), templates) }
}

extension Policy {
    /// Whether a request with this action can fit the scope, whoever asks and for whatever.
    public func concerns(action: EntityUID, _ entities: Entities) -> Bool { scope.action.matches(action, entities) }
}
