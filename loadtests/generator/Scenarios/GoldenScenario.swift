internal import AsyncHTTPClient
internal import Foundation
internal import Histogram
internal import JSON

/// What the promise to users names: publishes, approvals, the inbox, and questions to the copilot, over HTTP against a running system.
struct GoldenScenario: Sendable {
    let baseURL: String
    let client: HTTPClient

    func run(_ load: OpenLoop) async throws -> [BenchLine] {
        let dana = try await Person.signIn("dana@acme.example", tenant: "acme", baseURL: baseURL, client: client)
        let omar = try await Person.signIn("omar@acme.example", tenant: "acme", baseURL: baseURL, client: client)
        let chris = try await Person.signIn("chris@acme.example", tenant: "acme", baseURL: baseURL, client: client)
        let before = try await receipts(of: dana)
        let start = ContinuousClock.now

        var lines: [BenchLine] = []
        lines += try await measure("inbox", load, targetP95: 150) { _ in _ = try await omar.get("/v1/inbox") }
        lines += try await measure("copilot", load, targetP95: 1_500) { _ in
            _ = try await omar.post("/v1/copilot/questions", ["question": "Show what was blocked today"])
        }
        lines += try await measure("publish", load, targetP95: 2_000) { index in
            _ = try await dana.post("/v1/flows", ["document": Self.flow(name: "bench-publish", index: index), "note": "bench"])
        }
        lines += try await threeStepRuns(load, as: omar)
        lines += try await approvals(load, author: omar, approver: chris)
        let added = try await receipts(of: dana) - before
        // What the scenarios left in the log, set-up between them included: offered load, not the log's limit.
        let rate = Double(added) / start.duration(to: .now).seconds
        lines.append(BenchLine(area: "golden", metric: "receipts_rate", value: rate, unit: "receipts/s", target: nil))
        return lines
    }

    private func measure(
        _ name: String, _ load: OpenLoop, targetP95: Double, _ request: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> [BenchLine] {
        report(await load.run(request), as: name, targetP95: targetP95)
    }

    private func report(_ outcome: OpenLoop.Outcome, as name: String, targetP95: Double) -> [BenchLine] {
        for failure in outcome.failures { print("\(name): \(failure)") }
        if !outcome.isValid { print("\(name): INVALID, \(outcome.late) of \(outcome.offered) requests were sent late") }
        let figure = { (metric: String, percentile: Double, target: Double?) in
            BenchLine(
                area: "golden", metric: "\(name)_\(metric)", value: Double(outcome.latencies.valueAtPercentile(percentile)) / 1_000,
                unit: "ms", target: target, isInvalid: !outcome.isValid)
        }
        let errors = 100 * Double(outcome.failed) / Double(outcome.offered)
        return [
            figure("p50", 50, nil), figure("p95", 95, targetP95), figure("p99", 99, nil),
            BenchLine(area: "golden", metric: "\(name)_errors", value: errors, unit: "percent", target: 0.5, isInvalid: !outcome.isValid),
        ]
    }

    private func receipts(of person: Person) async throws -> Int64 {
        try await person.get("/v1/checkpoint")["tree_size"]?.intValue ?? 0
    }
}

// MARK: Runs

extension GoldenScenario {
    /// From the request that starts a run of three steps to its close.
    private func threeStepRuns(_ load: OpenLoop, as person: Person) async throws -> [BenchLine] {
        _ = try await person.post("/v1/flows", ["document": Self.flow(name: "bench-steps", index: 0), "note": "bench"])
        return try await measure("three_step_run", load, targetP95: 2_000) { index in
            let started = try await person.post("/v1/runs", ["flow": "bench-steps", "input": ["index": .int(Int64(index))]])
            try await waitForEnd(of: try Self.id(started["run_id"]), as: person)
        }
    }

    /// From the approver's click until the step after the approval has been recorded.
    private func approvals(_ load: OpenLoop, author: Person, approver: Person) async throws -> [BenchLine] {
        _ = try await author.post("/v1/flows", ["document": Self.approvalFlow, "note": "bench"])
        let count = max(1, Int(load.rate * load.duration.seconds))
        var tasks: [Approval] = []
        for index in 0..<count {
            let started = try await author.post("/v1/runs", ["flow": "bench-approval", "input": ["index": .int(Int64(index))]])
            tasks.append(try await openApproval(ofRun: try Self.id(started["run_id"]), as: approver))
        }
        let open = tasks
        return try await measure("approve_to_next_step", load, targetP95: 250) { index in
            let approval = open[index]
            _ = try await approver.post(
                "/v1/tasks/\(approval.task)/decision", ["decision": "approve", "subject_digest": .string(approval.digest)])
            try await waitForEnd(of: approval.run, as: approver)
        }
    }

    struct Approval: Sendable {
        let run: String
        let task: String
        let digest: String
    }

    private func openApproval(ofRun run: String, as person: Person) async throws -> Approval {
        for _ in 0..<500 {
            let steps = try await person.get("/v1/runs/\(run)")["steps"]?.arrayValue ?? []
            if let task = steps.compactMap({ $0["task_id"]?.stringValue }).first {
                let digest = try Self.id(try await person.get("/v1/tasks/\(task)")["subject_digest"])
                return Approval(run: run, task: task, digest: digest)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw LoadError(what: "run \(run) never asked for its approval", answer: .null)
    }

    private func waitForEnd(of run: String, as person: Person) async throws {
        for _ in 0..<1_000 {
            let state = try await person.get("/v1/runs/\(run)")["run"]?["state"]?.stringValue
            if state == "succeeded" { return }
            if state == "failed" || state == "cancelled" { throw LoadError(what: "run \(run) \(state ?? "")", answer: .null) }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw LoadError(what: "run \(run) did not end", answer: .null)
    }

    private static func id(_ value: JSONValue?) throws -> String {
        guard let text = value?.stringValue else { throw LoadError(what: "an answer lacks an id", answer: value ?? .null) }
        return text
    }
}
