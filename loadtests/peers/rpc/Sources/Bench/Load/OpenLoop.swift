internal import RPC
internal import Synchronization

/// Calls at a fixed rate, whatever becomes of them; latency counts from when a call was due.
struct OpenLoop {
    let rate: Double
    let seconds: Double

    /// A client gives up on calls beyond these, as one with bounded memory must; they count as `CLIENT_FULL`.
    private static let openMax = 20_000

    func run(_ call: @escaping @Sendable () async throws -> Void) async -> Measurement {
        let clock = ContinuousClock()
        let tally = Tally()
        let start = clock.now
        await withDiscardingTaskGroup { group in
            let total = Int(rate * seconds)
            var sent = 0
            while sent < total {
                // A batch each millisecond or so: a sleep for each call would cost more than the call.
                let due = min(total, Int((clock.now - start).inSeconds * rate))
                while sent < due {
                    let dueAt = start + .seconds(Double(sent) / rate)
                    sent += 1
                    guard tally.begin(isLate: clock.now - dueAt > .milliseconds(100), openMax: Self.openMax) else { continue }
                    group.addTask {
                        let status = await Self.status(of: call)
                        tally.end((clock.now - dueAt).inSeconds, status)
                    }
                }
                try? await clock.sleep(for: .milliseconds(1))
            }
        }
        return tally.measurement(over: (clock.now - start).inSeconds)
    }

    /// Nil where it succeeded.
    private static func status(of call: @Sendable () async throws -> Void) async -> String? {
        do {
            try await call()
            return nil
        } catch let error as RPCError {
            return "\(error.code)/\(error.reason)"
        } catch {
            return "\(error)"
        }
    }
}

/// What became of the calls. Nobody waits for one call while another is due.
private final class Tally: Sendable {
    private struct State {
        var open = 0
        var late = 0
        var nanoseconds: [UInt64] = []
        var statuses: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// False where too many are open.
    func begin(isLate: Bool, openMax: Int) -> Bool {
        state.withLock { state in
            if isLate { state.late += 1 }
            guard state.open < openMax else {
                state.statuses["CLIENT_FULL", default: 0] += 1
                return false
            }
            state.open += 1
            return true
        }
    }

    func end(_ seconds: Double, _ status: String?) {
        state.withLock { state in
            state.open -= 1
            if let status { state.statuses[status, default: 0] += 1 } else { state.nanoseconds.append(UInt64(seconds * 1e9)) }
        }
    }

    func measurement(over seconds: Double) -> Measurement {
        let state = state.withLock { $0 }
        var result = Measurement(nanoseconds: state.nanoseconds, seconds: seconds)
        result.statuses = state.statuses
        result.failed = state.statuses.values.reduce(0, +)
        result.late = state.late
        return result
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
