internal import Foundation
internal import Identity
internal import JSON
internal import PolicyService
internal import RPC
internal import Trust
internal import Wire

// Decisions over the mesh, and the replay of what was decided. Prints one measurement a line, as reports/report.py reads them.
// REPLAY_DECISIONS says how many decisions the log has at least before it is replayed; its times are told for a million.

let policiesCount = 1_000
let seconds = Double(ProcessInfo.processInfo.environment["SECONDS_EACH"] ?? "") ?? 8
let replayed = Int(ProcessInfo.processInfo.environment["REPLAY_DECISIONS"] ?? "") ?? 100_000

func measured(_ metric: String, _ value: Double, _ unit: String, target: Double, goal: String, _ more: JSONObject) {
    let entry: JSONObject = [
        "metric": .string(metric), "value": .double(value), "unit": .string(unit), "target": .double(target), "goal": .string(goal),
    ]
    print(JSONValue.object(entry.merging(more)).encodedString())
}

/// Asks with so many in flight until the time or the number is reached; every verdict is held against what it must be.
func load(_ platform: Platform, tenants: [TenantID], inFlight: Int, seconds: Double, atLeast: Int = 0) async throws -> (rate: Double, times: [Double])
{
    let clock = ContinuousClock()
    let start = clock.now
    let until = start + .seconds(seconds)
    let share = (atLeast + inFlight - 1) / inFlight
    let times = try await withThrowingTaskGroup(of: [Double].self) { group in
        for lane in 0..<inFlight {
            let tenant = tenants[lane % tenants.count]
            group.addTask {
                var mine: [Double] = []
                var index = lane * 1_000_003
                while clock.now < until || mine.count < share {
                    index += 1
                    let (request, verdict) = Workload.request(index)
                    let asked = clock.now
                    let answer = try await platform.policy.decide(request, options: CallOptions(tenant: tenant, timeout: .seconds(30)))
                    mine.append((clock.now - asked) / .milliseconds(1))
                    guard answer.decision?.verdict == verdict else {
                        throw BenchFailure("request \(index) is \(String(describing: answer.decision?.verdict)), not \(verdict)")
                    }
                }
                return mine
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    return (Double(times.count) / ((clock.now - start) / .seconds(1)), times.sorted())
}

func publish(_ platform: Platform, _ tenant: TenantID) async throws {
    let answer = try await platform.service.policy.putBundle(
        .init(name: "bench", policies: Workload.policies(policiesCount), activate: true), context: platform.context(tenant))
    guard answer.problems.isEmpty else { throw BenchFailure("\(answer.problems[0].message)") }
}

func rate(_ metric: String, isDurable: Bool, target: Double, note: String) async throws {
    let platform = try await Platform(isDurable: isDurable)
    let tenants = (0..<4).map { _ in TenantID.make() }
    for tenant in tenants { try await publish(platform, tenant) }
    _ = try await load(platform, tenants: tenants, inFlight: 64, seconds: 1)
    let alone = try await load(platform, tenants: tenants, inFlight: 1, seconds: 2).times
    let (rate, times) = try await load(platform, tenants: tenants, inFlight: 256, seconds: seconds)
    measured(
        metric, rate, "decisions_per_s", target: target, goal: "at_least",
        [
            "note": .string(note), "p50_ms": .double(times[times.count / 2]), "p99_ms": .double(times[times.count * 99 / 100]),
            "alone_p50_ms": .double(alone[alone.count / 2]), "alone_p99_ms": .double(alone[alone.count * 99 / 100]), "in_flight": 256,
            "policies": .int(Int64(policiesCount)), "tenants": 4,
        ])
    if metric == "service_rate" {
        measured(
            "service_p99", alone[alone.count * 99 / 100], "ms", target: 2, goal: "at_most",
            ["note": "one decision in flight, with its entry in the log"])
    }
    await platform.stop()
}

func replay() async throws {
    let platform = try await Platform(isDurable: false)
    let tenant = TenantID.make()
    try await publish(platform, tenant)
    let filled = try await load(platform, tenants: [tenant], inFlight: 64, seconds: 1, atLeast: replayed).times.count
    let draft = PolicyGovernanceV1.BundleContent(name: "draft", policies: Workload.policies(policiesCount, limitShift: 50))
    var sentences: [String] = []
    for (metric, full, target) in [("replay_incremental", false, 1.0), ("replay_full", true, 10.0)] {
        let begin = ContinuousClock.now
        let answer = try await platform.service.governance.replay(
            .init(draft: draft, sinceMicros: 1, full: full), context: platform.context(tenant))
        let time = (ContinuousClock.now - begin) / .seconds(1)
        let report = try JSONValue(parsing: answer.reportJSON)
        guard report["coverage"]?["replayed"]?.intValue == Int64(filled) else {
            throw BenchFailure("only \(report["coverage"] ?? .null) of \(filled)")
        }
        sentences.append(report["sentence"]?.stringValue ?? "")
        measured(
            metric, time * 1_000_000 / Double(filled), "s_per_million", target: target, goal: "at_most",
            [
                "decisions": .int(Int64(filled)), "seconds": .double(time), "policies": .int(Int64(policiesCount)),
                "note": "from the database, with the opening of the contexts; told for a million decisions",
            ])
    }
    guard sentences[0] == sentences[1] else { throw BenchFailure("the replays differ: \(sentences)") }
    await platform.stop()
}

try await rate("service_rate", isDurable: false, target: 20_000, note: "over loopback, each decision logged; commits are not waited for")
try await rate("durable_rate", isDurable: true, target: 5_000, note: "over loopback, each decision on the disk before it is answered")
try await replay()
