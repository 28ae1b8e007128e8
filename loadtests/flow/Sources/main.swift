internal import Foundation
internal import Identity
internal import JSON
internal import TestKit
internal import Wire

/// Figures of the flow engine; `provable-flow-bench [metric …]` measures those alone.
let wanted = Set(CommandLine.arguments.dropFirst())
func isWanted(_ metric: String) -> Bool { wanted.isEmpty || wanted.contains(metric) }

let cluster = try await PrivatePostgres.startDurable()
let engine = try await BenchEngine(cluster)
let tenant = TenantID.make()
for flow in [BenchFlow.inline, .calls(3), .calls(200), .calls(900), .approval] { try await engine.publish(flow, tenant: tenant) }

if isWanted("step") { try await stepLatency() }
if isWanted("rate") { try await runsRate() }
if isWanted("calls") { try await callsRate() }
if isWanted("flatness") { try await flatness() }
if isWanted("fairness") { try await fairness() }

await engine.stop()
cluster.stop()

/// A run alone: from the end of one step to the end of the next, which is two commits: the decision's and the result's.
func stepLatency() async throws {
    let done = try await engine.finish(try await engine.start("calls-200", ["n": 1], tenant: tenant), tenant: tenant)
    let ends = done.steps.filter { $0.type == "call" }.map { Double($0.endedMicros) / 1000 }
    let spans = zip(ends.dropFirst(), ends).map { $0 - $1 }
    Measure.print("step_p50", spans.percentile(0.5), "ms", target: 1, note: "a call: policy's answer and the connector's result, a commit each")
    Measure.print("step_p99", spans.percentile(0.99), "ms", target: 5)
}

/// `inFlight` runs at any time; every one is checked.
func rate(_ flow: String, seconds: Double, inFlight: Int = 32, tenant: TenantID) async throws -> (perSecond: Double, latencies: [Double]) {
    let begin = ContinuousClock.now
    let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
        for lane in 0..<inFlight {
            group.addTask {
                var spans: [Double] = []
                while begin.duration(to: .now) < .seconds(seconds) {
                    let started = ContinuousClock.now
                    let done = try await engine.finish(try await engine.start(flow, ["n": .int(Int64(lane))], tenant: tenant), tenant: tenant)
                    guard done.steps.allSatisfy({ $0.state == "succeeded" }) else { throw BenchFailure("a step did not succeed") }
                    spans.append(started.duration(to: .now).milliseconds)
                }
                return spans
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    return (Double(latencies.count) / (begin.duration(to: .now) / .seconds(1)), latencies)
}

func runsRate() async throws {
    _ = try await rate("inline", seconds: 1, tenant: tenant)
    var rounds: [Double] = []
    var latencies: [Double] = []
    for _ in 0..<3 {
        let (perSecond, spans) = try await rate("inline", seconds: 4, tenant: tenant)
        rounds.append(perSecond)
        latencies += spans
    }
    Measure.print("runs_rate_c32", rounds.percentile(0.5), "runs/s", target: 1_000, atLeast: true, rounds: rounds, note: "three inline steps")
    Measure.print("runs_p99_c32", latencies.percentile(0.99), "ms", target: 250)
}

func callsRate() async throws {
    let (perSecond, spans) = try await rate("calls-3", seconds: 8, tenant: tenant)
    Measure.print("calls_rate_c32", perSecond, "runs/s", note: "three calls, each asked of policy and committed twice")
    Measure.print("calls_p99_c32", spans.percentile(0.99), "ms")
}

func flatness() async throws {
    let done = try await engine.finish(try await engine.start("calls-900", ["n": 1], tenant: tenant), tenant: tenant)
    let ends = done.steps.filter { $0.type == "call" }.map { Double($0.endedMicros) / 1000 }
    let spans = zip(ends.dropFirst(), ends).map { $0 - $1 }
    let (early, late) = (Array(spans[5..<55]).percentile(0.5), Array(spans.suffix(50)).percentile(0.5))
    Measure.print("flatness", late / early, "ratio", target: 1.2, rounds: [early, late], note: "steps about 890 beside steps about 30 of one run")
}

/// One tenant floods; another starts one run a tenth of a second.
func fairness() async throws {
    let quiet = TenantID.make()
    try await engine.publish(.calls(3), tenant: quiet)
    func starts(_ count: Int) async throws -> [Double] {
        var spans: [Double] = []
        for _ in 0..<count {
            let begin = ContinuousClock.now
            _ = try await engine.finish(try await engine.start("calls-3", ["n": 1], tenant: quiet), tenant: quiet)
            spans.append(begin.duration(to: .now).milliseconds)
            try await Task.sleep(for: .milliseconds(100))
        }
        return spans
    }
    let idle = try await starts(30)
    let flood = Task {
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<16 {
                group.addTask { for _ in 0..<200 { _ = try await engine.start("calls-3", ["n": 1], tenant: tenant) } }
            }
        }
    }
    try await Task.sleep(for: .seconds(1))
    let busy = try await starts(30)
    try await flood.value
    Measure.print(
        "fairness_p99", busy.percentile(0.99), "ms", target: 50, rounds: [idle.percentile(0.99), busy.percentile(0.99)],
        note: "a whole run of three calls of a tenant that starts ten a second, while another floods; first round: idle")
}
