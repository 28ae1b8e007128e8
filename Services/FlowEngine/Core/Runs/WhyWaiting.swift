/// "Why is this run waiting?", in one exact sentence; empty for a run that is not.
extension RunMachine {
    public func whyWaiting(_ state: RunState) -> String {
        let title = document.node(state.node)?.title ?? state.node
        return switch state.phase {
        case .created, .moving: "about to go on"
        case .deciding(let call): "asking policy whether \(call.operation) is allowed"
        case .calling(let call): "calling \(call.operation)" + (call.attempt > 1 ? " (attempt \(call.attempt))" : "")
        case .gated(_, let request): "waiting for a person with the role \(request.role) to approve \"\(request.title)\": \(request.reason)"
        case .approving(let request): "waiting for a person with the role \(request.role) to approve \"\(request.title)\""
        case .working(let request): "waiting for a person with the role \(request.role) to do \"\(request.title)\""
        case .clarifying(let call, let request): "waiting for a person with the role \(request.role) to say whether \(call.operation) took place"
        case .backingOff(let call, let reason): "waiting to try \(call.operation) again (attempt \(call.attempt + 1)): \(reason)"
        case .sleeping: "waiting for the time of \"\(title)\" to pass"
        case .awaiting(let kind): "waiting for the event \(kind)"
        case .closed: ""
        }
    }
}
