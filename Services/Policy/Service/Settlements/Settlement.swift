internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import RPC
internal import Wire

/// What an allowed action came to, as it was told.
struct Settlement: Sendable {
    enum Outcome: String, Sendable {
        case succeeded, failed, cancelled
        case mayHaveRun = "may-have-run"

        var kind: DecisionOutcome.Kind {
            switch self {
            case .succeeded: .succeeded
            case .failed: .failed
            case .cancelled: .cancelled
            case .mayHaveRun: .mayHaveRun
            }
        }

        init(_ wire: PolicyV1.SettledOutcome) throws(RPCError) {
            switch wire {
            case .succeeded: self = .succeeded
            case .failed: self = .failed
            case .cancelled: self = .cancelled
            case .mayHaveRun: self = .mayHaveRun
            case .unspecified, .unrecognized:
                throw .invalid("outcome", "is not known", fix: "send succeeded, failed, cancelled or may-have-run")
            }
        }
    }

    private static let outputBytesMax = 1 << 20

    let decision: UUID
    let outcome: Outcome
    /// Nil where it cost nothing, or nobody knows.
    let spent: DecisionOutcome?
    let output: JSONValue
    let time: Date

    init(_ request: PolicyV1.SettleDecisionRequest, at now: Date) throws(RPCError) {
        guard let id = UUID(bytes: request.decisionID) else {
            throw .invalid("decision_id", "is no id", fix: "send the 16 bytes of the UUID")
        }
        decision = id
        outcome = try Outcome(request.outcome)
        spent = try Self.spent(request.cost)
        output = try Self.output(request.outputJSON)
        time = request.timeMicros > 0 ? min(Date(micros: request.timeMicros), now) : now
    }

    private static func spent(_ cost: CommonV1.Money?) throws(RPCError) -> DecisionOutcome? {
        guard let cost, cost.micros != 0 else { return nil }
        let amount = Money(micros: cost.micros, currency: cost.currency)
        guard amount.hasValidCurrency else { throw .invalid("cost.currency", "is no currency", fix: "send ISO 4217") }
        guard (0...DecisionOutcome.amountMicrosMax).contains(amount.micros) else {
            throw .invalid("cost.micros", "is no amount", fix: "send 0 to \(DecisionOutcome.amountMicrosMax)")
        }
        return DecisionOutcome(kind: .spent, amountMicros: amount.micros, currency: amount.currency)
    }

    private static func output(_ bytes: [UInt8]) throws(RPCError) -> JSONValue {
        if bytes.isEmpty { return [:] }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(size: outputBytesMax, depth: 64))
        } catch {
            throw .invalid("output_json", "is no JSON: \(error)", fix: "send UTF-8 JSON of at most \(outputBytesMax) bytes")
        }
    }
}
