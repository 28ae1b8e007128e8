import FlowEngineCore
import JSON

/// The connectors service and the world behind it: each thing is done at most once per key, and an attempt that was answered keeps its answer.
struct Vendor {
    private(set) var effects: [String: String] = [:]
    private var answers: [String: CallResult] = [:]

    mutating func perform(_ call: ConnectorCall, _ random: inout SeededRandom) -> CallResult {
        if let answer = answers[call.idempotencyKey] ?? answers[attempt(call)] { return answer }
        switch random.below(100) {
        case 0..<70:
            effects[call.idempotencyKey] = call.operation
            return keep(.succeeded(output: ["n": .int(Int64(random.below(100)))]), call.idempotencyKey)
        case 70..<85: return keep(.failed(errorClass: "busy", message: "busy", retryable: true, retryAfter: nil), attempt(call))
        case 85..<93: return keep(.failed(errorClass: "conflict", message: "no", retryable: false, retryAfter: nil), attempt(call))
        case 93..<96: return keep(.failed(errorClass: "timeout", message: "slow", retryable: false, retryAfter: nil), attempt(call))
        default:
            if random.chance(50) { effects[call.idempotencyKey] = call.operation }
            return keep(.mayHaveRun(message: "the line went dead"), call.idempotencyKey)
        }
    }

    private func attempt(_ call: ConnectorCall) -> String { "\(call.idempotencyKey)#\(call.attempt)" }

    private mutating func keep(_ answer: CallResult, _ key: String) -> CallResult {
        answers[key] = answer
        return answer
    }
}
