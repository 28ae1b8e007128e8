/// "Why is this run waiting?", in exact sentences; empty for a run that is not.
extension RunMachine {
    private static let told = 3

    public func whyWaiting(_ state: RunState) -> String {
        if state.isClosed { return "" }
        if let pause = state.pause { return "paused by \(pause.by): \(pause.reason)" }
        let ending = state.ending == nil ? "" : "about to end, "
        // Who waits for others says nothing that the others do not say.
        let reasons = state.branches.filter { $0.phase != .joining }.map { why($0, state) }
        let rest = reasons.count > Self.told ? "; and \(reasons.count - Self.told) more" : ""
        return ending + reasons.prefix(Self.told).joined(separator: "; ") + rest
    }

    private func why(_ branch: RunBranch, _ state: RunState) -> String {
        let title = document.node(branch.node)?.title ?? branch.node
        return switch branch.phase {
        case .created, .ready, .joining: "about to go on"
        case .deciding(let call): "asking policy whether \(call.operation) is allowed"
        case .calling(let call): "calling \(call.operation)" + (call.attempt > 1 ? " (attempt \(call.attempt))" : "")
        case .gated(_, let request): "waiting for a person with the role \(request.role) to approve \"\(request.title)\": \(request.reason)"
        case .approving(let request): "waiting for a person with the role \(request.role) to approve \"\(request.title)\""
        case .working(let request): "waiting for a person with the role \(request.role) to do \"\(request.title)\""
        case .clarifying(let call, let request): "waiting for a person with the role \(request.role) to say whether \(call.operation) took place"
        case .backingOff(let call, let reason): "waiting to try \(call.operation) again (attempt \(call.attempt + 1)): \(reason)"
        case .sleeping: "waiting for the time of \"\(title)\" to pass"
        case .awaiting(let kind): "waiting for the event \(kind)"
        case .running(let child): "waiting for the run \(child) of \"\(title)\""
        }
    }
}
