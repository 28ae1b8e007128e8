internal import RPC

/// Calls at a fixed rate, whatever becomes of them; latency counts from when a call was due.
struct OpenLoop {
    let rate: Double
    let seconds: Double

    /// A client gives up on calls beyond these, as one with bounded memory must; they count as `CLIENT_FULL`.
    private static let openMax = 20_000

    func run(_ call: @escaping @Sendable () async throws -> Void) async -> Measurement {
        let clock = ContinuousClock()
        let start = clock.now
        var nanoseconds: [UInt64] = []
        var statuses: [String: Int] = [:]
        var late = 0
        await withTaskGroup(of: (UInt64, String?).self) { group in
            var open = 0
            func take(_ outcome: (UInt64, String?)) {
                open -= 1
                if let status = outcome.1 { statuses[status, default: 0] += 1 } else { nanoseconds.append(outcome.0) }
            }
            let total = Int(rate * seconds)
            var sent = 0
            while sent < total {
                // A batch each millisecond or so: a sleep for each call would cost more than the call.
                let due = min(total, Int((clock.now - start).inSeconds * rate))
                while sent < due {
                    let dueAt = start + .seconds(Double(sent) / rate)
                    sent += 1
                    if clock.now - dueAt > .milliseconds(100) { late += 1 }
                    guard open < Self.openMax else {
                        statuses["CLIENT_FULL", default: 0] += 1
                        continue
                    }
                    open += 1
                    group.addTask {
                        do {
                            try await call()
                            return (UInt64((clock.now - dueAt).inSeconds * 1e9), nil)
                        } catch let error as RPCError {
                            return (0, "\(error.code)/\(error.reason)")
                        } catch {
                            return (0, "\(error)")
                        }
                    }
                    // Frees what has ended, without waiting for what has not.
                    if open > 256, open % 2 == 0, let outcome = await group.next() { take(outcome) }
                }
                try? await clock.sleep(for: .milliseconds(1))
            }
            while let outcome = await group.next() { take(outcome) }
        }
        var result = Measurement(nanoseconds: nanoseconds, seconds: (clock.now - start).inSeconds)
        result.statuses = statuses
        result.failed = statuses.values.reduce(0, +)
        result.late = late
        return result
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
