import FoundationEssentials
import Identity
import NIOCore
import RPC
import Synchronization
import Trust
import Wire
import WireRuntime

/// Stands for policy, finops and the ledger: keeps what it was asked and answers as a test says.
final class FakeMesh: RPCChannel {
    struct State {
        var decisions: [[UInt8]: PolicyV1.Decision] = [:]
        var isLedgerDown = false
        var isBudgetSpent = false
        var finopsError: RPCError?
        /// In the order of events, also those of the vendor.
        var log: [String] = []
        var appended: [LedgerV1.AppendRequest] = []
        var reserved: [String] = []
        var throttled: [FinOpsV1.Throttle] = []
    }

    let state = Mutex(State())

    func note(_ event: String) { state.withLock { $0.log.append(event) } }
    func set(_ change: @Sendable (inout State) -> Void) { state.withLock { change(&$0) } }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        let bytes = Array(payload.readableBytesView)
        let name = method.name.split(separator: "/").last.map(String.init) ?? ""
        note(name)
        do { return try answer(name, bytes) } catch let error as RPCError { throw error } catch {
            throw RPCError(.internal, reason: "FAKE", message: "\(error)")
        }
    }

    private func answer(_ name: String, _ bytes: [UInt8]) throws -> ByteBuffer {
        switch name {
        case "GetDecision":
            let request = try PolicyV1.GetDecisionRequest(decodingBytes: bytes)
            guard let decision = state.withLock({ $0.decisions[request.decisionID] }) else {
                throw RPCError(.notFound, reason: "DECISION_NOT_FOUND", message: "no decision")
            }
            return Self.encoded(PolicyV1.GetDecisionResponse(decision: decision))
        case "Reserve":
            let request = try FinOpsV1.ReserveRequest(decodingBytes: bytes)
            let isSpent = state.withLock { state in
                state.reserved.append(request.key)
                return state.isBudgetSpent
            }
            return Self.encoded(
                FinOpsV1.ReserveResponse(
                    reservationID: isSpent ? [] : UUIDv7.make().bytes, denied: isSpent, reason: isSpent ? "the budget is spent" : ""))
        case "Append":
            let request = try LedgerV1.AppendRequest(decodingBytes: bytes)
            if state.withLock({ $0.isLedgerDown }) { throw RPCError(.unavailable, reason: "DOWN", message: "down") }
            state.withLock { $0.appended.append(request) }
            return Self.encoded(LedgerV1.AppendResponse())
        case "ApplyThrottle":
            if let error = state.withLock({ $0.finopsError }) { throw error }
            let request = try FinOpsV1.ApplyThrottleRequest(decodingBytes: bytes)
            state.withLock { state in if let throttle = request.throttle { state.throttled.append(throttle) } }
            return Self.encoded(FinOpsV1.ApplyThrottleResponse(throttle: request.throttle))
        case "LiftThrottle": return Self.encoded(FinOpsV1.LiftThrottleResponse(wasApplied: true))
        default: throw RPCError(.unimplemented, reason: "FAKE", message: "\(name) is not faked")
        }
    }

    private static func encoded(_ message: some WireMessage) -> ByteBuffer {
        var buffer = ByteBuffer()
        message.encode(into: &buffer)
        return buffer
    }
}
