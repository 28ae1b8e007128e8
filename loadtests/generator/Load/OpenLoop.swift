internal import Histogram

/// Sends requests at a fixed rate whatever the answers do, and measures each from the moment at which it was due.
///
/// A closed loop would wait for a slow server and so hide its queue (coordinated omission).
struct OpenLoop: Sendable {
    /// Requests per second.
    let rate: Double
    let duration: Duration

    struct Outcome: Sendable {
        /// Microseconds from the intended start to the end of the answer.
        var latencies: Histogram<UInt64>
        var offered: Int
        var succeeded: Int
        var failed: Int
        /// The first few failures, in words.
        var failures: [String]
        /// Requests that began more than 100 ms after they were due: the generator's own fault.
        var late: Int

        /// Whether the run offered at least 99 % of its rate in time; otherwise its figures mean nothing.
        var isValid: Bool { offered > 0 && Double(offered - late) / Double(offered) >= 0.99 }
    }

    func run(_ request: @escaping @Sendable (Int) async throws -> Void) async -> Outcome {
        let count = max(1, Int(rate * duration.seconds))
        let clock = ContinuousClock()
        let start = clock.now + .milliseconds(50)
        return await withTaskGroup(of: Sample.self) { group in
            for index in 0..<count {
                let due = start + .seconds(Double(index) / rate)
                group.addTask {
                    // Sleeping only ends early when the whole run is cancelled, and then the request fails by itself.
                    try? await clock.sleep(until: due)
                    return await Sample(due: due, clock: clock) { try await request(index) }
                }
            }
            var outcome = Outcome(
                latencies: Histogram(highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: .three), offered: count,
                succeeded: 0, failed: 0, failures: [], late: 0)
            for await sample in group { outcome.add(sample) }
            return outcome
        }
    }
}

/// One request as it went.
private struct Sample: Sendable {
    let latencyMicros: UInt64
    let isLate: Bool
    let failure: String?

    init(due: ContinuousClock.Instant, clock: ContinuousClock, _ request: () async throws -> Void) async {
        isLate = clock.now - due > .milliseconds(100)
        do {
            try await request()
            failure = nil
        } catch {
            failure = "\(error)"
        }
        latencyMicros = UInt64(max(0, (clock.now - due).seconds * 1_000_000))
    }
}

extension OpenLoop.Outcome {
    fileprivate mutating func add(_ sample: Sample) {
        latencies.record(min(sample.latencyMicros, 600_000_000))
        if sample.isLate { late += 1 }
        guard let failure = sample.failure else {
            succeeded += 1
            return
        }
        failed += 1
        if failures.count < 5 { failures.append(failure) }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
