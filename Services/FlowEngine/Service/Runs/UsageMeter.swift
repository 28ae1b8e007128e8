internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import ServiceKit
internal import Trust
internal import Wire

/// What the engine itself is metered for. The id follows from the step, so that a repeated message counts once.
enum UsageMeter: Sendable {
    case run(RunState)
    case step(RunState, StepRecord)

    /// 0.002 USD.
    static let runMicros: Int64 = 2_000
    /// 0.0002 USD.
    static let stepMicros: Int64 = 200

    var tenant: TenantID {
        switch self {
        case .run(let state), .step(let state, _): state.tenant
        }
    }

    /// The id is the event's, so that it is delivered once.
    func call(at now: Date) -> OutboxCall? {
        let event = event(at: now)
        return UUID(bytes: event.eventID).map { OutboxCall(FinOpsV1.Methods.recordUsage, FinOpsV1.RecordUsageRequest(events: [event]), id: $0) }
    }

    private func event(at now: Date) -> FinOpsV1.UsageEvent {
        switch self {
        case .run(let state): Self.event("runs", state, seq: "run", step: "", micros: Self.runMicros, at: now)
        case .step(let state, let step): Self.event("steps", state, seq: String(step.seq), step: step.node, micros: Self.stepMicros, at: now)
        }
    }

    private static func event(_ meter: String, _ state: RunState, seq: String, step: String, micros: Int64, at now: Date) -> FinOpsV1.UsageEvent {
        let id = DerivedIdentity.uuid(DerivedIdentity.digest(["usage", meter, state.tenant.description, state.run.description, seq]))
        return FinOpsV1.UsageEvent(
            eventID: id.bytes, meter: meter, quantity: 1, cost: CommonV1.Money(micros: micros, currency: "USD"), timeMicros: now.micros,
            runID: state.run.bytes, step: step, service: "flow-engine")
    }
}
