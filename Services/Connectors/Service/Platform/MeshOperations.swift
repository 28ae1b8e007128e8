internal import ConnectorsCore
internal import Identity
internal import JSON
internal import RPC
internal import Wire

/// Operations that another service of the platform does: the same policy, receipts and costs as a vendor's, without a vendor.
struct MeshOperations: Sendable {
    private let finops: FinOpsV1.FinOpsClient

    init(finops: any RPCChannel) { self.finops = FinOpsV1.FinOpsClient(channel: finops) }

    func perform(_ operation: String, _ input: JSONValue, run: RunID?, options: CallOptions) async -> OperationRunner.Performance {
        do throws(RPCError) {
            switch operation {
            case "finops.throttle.apply": return OperationRunner.Performance(.succeeded(output: try await apply(input, run, options)))
            case "finops.throttle.lift": return OperationRunner.Performance(.succeeded(output: try await lift(input, run, options)))
            default: return OperationRunner.Performance(.failed(CallFailure(.invalidInput, "\(operation) is not served by the platform")))
            }
        } catch { return OperationRunner.Performance(Self.result(error)) }
    }

    private func apply(_ input: JSONValue, _ run: RunID?, _ options: CallOptions) async throws(RPCError) -> JSONValue {
        let (service, meter) = Self.series(input)
        let throttle = FinOpsV1.Throttle(
            service: service, meter: meter, percent: UInt32(clamping: input["percent"]?.intValue ?? 0), runID: run?.bytes ?? [])
        let answer = try await finops.applyThrottle(FinOpsV1.ApplyThrottleRequest(throttle: throttle), options: options)
        return ["service": .string(service), "meter": .string(meter), "percent": .int(Int64(answer.throttle?.percent ?? throttle.percent))]
    }

    private func lift(_ input: JSONValue, _ run: RunID?, _ options: CallOptions) async throws(RPCError) -> JSONValue {
        let (service, meter) = Self.series(input)
        let answer = try await finops.liftThrottle(
            FinOpsV1.LiftThrottleRequest(service: service, meter: meter, runID: run?.bytes ?? []), options: options)
        return ["service": .string(service), "meter": .string(meter), "was_applied": .bool(answer.wasApplied)]
    }

    private static func series(_ input: JSONValue) -> (service: String, meter: String) {
        (input["service"]?.stringValue ?? "", input["meter"]?.stringValue ?? "")
    }

    private static func result(_ error: RPCError) -> OperationRunner.Performance.Result {
        switch error.code {
        case .invalidArgument, .outOfRange: .failed(CallFailure(.invalidInput, error.message))
        case .notFound: .failed(CallFailure(.notFound, error.message))
        case .permissionDenied, .unauthenticated: .failed(CallFailure(.unauthorized, error.message))
        case .alreadyExists, .failedPrecondition, .aborted: .failed(CallFailure(.conflict, error.message))
        case .resourceExhausted: .failed(CallFailure(.rateLimited, error.message, isRetryable: true, retryAfter: error.retryAfter))
        case .unavailable: .failed(CallFailure(.vendorError, error.message, isRetryable: true, retryAfter: error.retryAfter))
        case .deadlineExceeded, .cancelled: .ambiguous(CallFailure(.timeout, error.message, isRetryable: true))
        default: .ambiguous(CallFailure(.vendorError, error.message, isRetryable: true))
        }
    }
}
