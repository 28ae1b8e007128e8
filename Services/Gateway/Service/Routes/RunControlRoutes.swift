internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import Wire

/// What people do to runs by hand. Each wants a reason, and leaves a receipt.
struct RunControlRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [pause, resume, skip, setVariable, fork, many] }

    private static let run = [Field("id", Shapes.uuid)]
    private static let step = run + [Field("seq", .integer())]
    private static let reason = Field("reason", .text(maximum: 500))
    private static let state = Shape.object(name: "RunState", [Field("state", .text())])

    private var pause: Endpoint {
        Endpoint(
            "pauseRun", .post, "/v1/runs/{id}/pause", "Hold a run: no step begins until it is resumed", .needs(.run), parameters: Self.run,
            body: .object(name: "RunPause", [Self.reason]), answer: Self.state
        ) { exchange in
            let answer = try await services.runControl.pauseRun(
                .init(runID: try exchange.run, reason: exchange.reason), options: exchange.writeOptions)
            return .json(["state": .string(answer.state)])
        }
    }

    private var resume: Endpoint {
        Endpoint(
            "resumeRun", .post, "/v1/runs/{id}/resume", "Let a paused run go on", .needs(.run), parameters: Self.run,
            body: .object(name: "RunResume", [Self.reason]), answer: Self.state
        ) { exchange in
            let answer = try await services.runControl.resumeRun(
                .init(runID: try exchange.run, reason: exchange.reason), options: exchange.writeOptions)
            return .json(["state": .string(answer.state)])
        }
    }

    private var skip: Endpoint {
        Endpoint(
            "skipStep", .post, "/v1/runs/{id}/steps/{seq}/skip", "Go on by one of a step's ports, as if it had left this output behind", .needs(.run),
            parameters: Self.step,
            body: .object(name: "StepSkip", [Field("port", .text(maximum: 100)), Field("output", .any, required: false), Self.reason]),
            answer: Self.state
        ) { exchange in
            let answer = try await services.runControl.skipStep(
                .init(
                    runID: try exchange.run, seq: try exchange.seq, port: exchange.body["port"]?.stringValue ?? "",
                    outputJSON: exchange.given("output"), reason: exchange.reason),
                options: exchange.writeOptions)
            return .json(["state": .string(answer.state)])
        }
    }

    private var setVariable: Endpoint {
        Endpoint(
            "setRunVariable", .post, "/v1/runs/{id}/variables", "Set a variable of a run by hand", .needs(.run), parameters: Self.run,
            body: .object(
                name: "RunVariable", [Field("name", .text(maximum: 200), "Dotted for a member: order.total."), Field("value", .any), Self.reason]),
            answer: Self.state
        ) { exchange in
            let answer = try await services.runControl.setVariable(
                .init(
                    runID: try exchange.run, name: exchange.body["name"]?.stringValue ?? "", valueJSON: (exchange.body["value"] ?? .null).encoded(),
                    reason: exchange.reason),
                options: exchange.writeOptions)
            return .json(["state": .string(answer.state)])
        }
    }

    private var fork: Endpoint {
        Endpoint(
            "forkRun", .post, "/v1/runs/{id}/steps/{seq}/fork", "Start a new run that begins with a step of this one", .needs(.run),
            parameters: Self.step,
            body: .object(name: "RunFork", [Field("input", .map(.any), required: false, "For another input than this run's."), Self.reason]),
            answer: .object(name: "RunForked", [Field("run_id", Shapes.uuid)]), status: 201
        ) { exchange in
            let answer = try await services.runControl.forkRun(
                .init(
                    runID: try exchange.run, seq: try exchange.seq, inputJSON: exchange.given("input"), reason: exchange.reason),
                options: exchange.writeOptions)
            return .json(["run_id": .id(answer.runID)], status: 201)
        }
    }

    private var many: Endpoint {
        Endpoint(
            "controlRuns", .post, "/v1/runs/control", "Pause, resume or cancel many runs, oldest first; a dry run counts them", .needs(.run),
            body: .object(
                name: "RunsControl",
                [
                    Field("action", .choice(["pause", "resume", "cancel"])),
                    Field("flow", .text(maximum: 100), required: false, "Every flow without it."),
                    Field("limit", .integer(), required: false, "1 to 500 runs of one call; 100 without it."),
                    Field("dry_run", .boolean, required: false), Self.reason,
                ]),
            answer: .object(
                name: "RunsControlled",
                [
                    Field("matching", .integer(), "Runs that it was about, before anything was done."), Field("changed", .integer()),
                    Field("problems", .list(.text())),
                ])
        ) { exchange in
            let actions: [String: FlowControlV1.BulkAction] = ["pause": .pause, "resume": .resume, "cancel": .cancel]
            let answer = try await services.runControl.controlRuns(
                .init(
                    action: actions[exchange.body["action"]?.stringValue ?? ""] ?? .unspecified, flow: exchange.body["flow"]?.stringValue ?? "",
                    reason: exchange.reason, limit: UInt32(clamping: exchange.body["limit"]?.intValue ?? 0),
                    dryRun: exchange.body["dry_run"]?.boolValue ?? false),
                options: exchange.writeOptions)
            return .json([
                "matching": .int(Int64(clamping: answer.matching)), "changed": .int(Int64(answer.changed)),
                "problems": .array(answer.problems.map(JSONValue.string)),
            ])
        }
    }
}

extension Exchange {
    fileprivate var run: [UInt8] { get throws { try id("id", as: RunID.self).bytes } }
    /// Nothing where the member is missing or null.
    fileprivate func given(_ name: String) -> [UInt8] {
        guard let value = body[name], !value.isNull else { return [] }
        return value.encoded()
    }

    fileprivate var reason: String { body["reason"]?.stringValue ?? "" }
    fileprivate var seq: UInt32 {
        get throws {
            guard let seq = parameters["seq"].flatMap({ UInt32($0) }) else { throw Problem.notFound }
            return seq
        }
    }
}
