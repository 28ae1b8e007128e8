internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import Trust
internal import Wire

/// Inbox, tasks and runs.
struct WorkRoutes: Sendable {
    let services: Backends
    private typealias Field = Shape.Field

    init(services: Backends) { self.services = services }

    var endpoints: [Endpoint] { [inbox, task, decide, runs, start, run, cancel, cost, receipts, bundle] }

    private var inbox: Endpoint {
        Endpoint(
            "listInbox", .get, "/v1/inbox", "What waits for the person", .needs(.read),
            query: [Field("state", .choice(["open", "closed"]), required: false)] + Shapes.paging,
            answer: Shapes.page("InboxPage", of: Shapes.inboxItem, [Field("open_total", .integer())])
        ) { exchange in
            let session = try exchange.requireSession()
            let answer = try await services.copilot.listInbox(
                .init(page: try exchange.page(), state: exchange.query["state"] ?? "open"), options: exchange.options)
            return .json(
                .page(answer.items.map { $0.json(for: session) }, cursor: answer.nextCursor, [("open_total", .int(Int64(answer.openTotal)))]))
        }
    }

    private var task: Endpoint {
        Endpoint(
            "getTask", .get, "/v1/tasks/{id}", "One task or approval, with exactly what would run", .needs(.read),
            parameters: [Field("id", Shapes.uuid)],
            answer: Shapes.task
        ) { exchange in
            let id: TaskID = try exchange.id("id")
            let answer = try await services.flows.getTask(.init(taskID: id.bytes), options: exchange.options)
            guard let task = answer.task else { throw Problem.notFound }
            return .json(task.json(for: try exchange.requireSession()))
        }
    }

    private var decide: Endpoint {
        Endpoint(
            "decideTask", .post, "/v1/tasks/{id}/decision", "Approve, reject or complete; signs the digest of what would run", .needs(.decide),
            parameters: [Field("id", Shapes.uuid)],
            body: .object(
                name: "TaskDecision",
                [
                    Field("decision", .choice(["approve", "reject", "complete"])),
                    Field("subject_digest", Shapes.digest, "subject_digest of the task as the person saw it."),
                    Field("comment", .text(maximum: 2_000), required: false), Field("answer", .any, required: false),
                ]),
            answer: .object(name: "DecidedTask", [Field("task", Shapes.task), Field("receipt_id", Shapes.maybeUUID)])
        ) { exchange in
            let id: TaskID = try exchange.id("id")
            let answer = try await services.flows.decideTask(
                .init(
                    taskID: id.bytes, decision: exchange.body["decision"]?.stringValue ?? "",
                    subjectDigest: SHA256Digest(hex: exchange.body["subject_digest"]?.stringValue ?? "")?.bytes ?? [],
                    comment: exchange.body["comment"]?.stringValue ?? "", answerJSON: exchange.body["answer"]?.encoded() ?? []),
                options: exchange.writeOptions)
            guard let task = answer.task else { throw Problem.notFound }
            return .json(["task": task.json(for: try exchange.requireSession()), "receipt_id": .id(answer.receiptID)])
        }
    }

    private var runs: Endpoint {
        Endpoint(
            "listRuns", .get, "/v1/runs", "Runs, newest first", .needs(.read),
            query: [Field("state", Shapes.runState, required: false), Field("flow", .text(maximum: 100), required: false)] + Shapes.paging,
            answer: Shapes.page("RunSummaryPage", of: Shapes.run)
        ) { exchange in
            let answer = try await services.flows.listRuns(
                .init(page: try exchange.page(), state: exchange.query["state"] ?? "", flow: exchange.query["flow"] ?? ""),
                options: exchange.options)
            return .json(.page(answer.runs.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var start: Endpoint {
        Endpoint(
            "startRun", .post, "/v1/runs", "Start a run of a published flow", .needs(.run),
            body: .object(
                name: "RunStart",
                [
                    Field("flow", .text(maximum: 100)), Field("version_id", Shapes.digest, required: false),
                    Field("input", .map(.any), required: false),
                ]),
            answer: .object(name: "RunStarted", [Field("run_id", Shapes.uuid), Field("already_started", .boolean)]), status: 201
        ) { exchange in
            let answer = try await services.flows.startRun(
                .init(
                    flow: exchange.body["flow"]?.stringValue ?? "",
                    versionID: SHA256Digest(hex: exchange.body["version_id"]?.stringValue ?? "")?.bytes ?? [],
                    inputJSON: (exchange.body["input"] ?? [:]).encoded(), dedupKey: exchange.effectKey ?? ""),
                options: exchange.writeOptions)
            return .json(["run_id": .id(answer.runID), "already_started": .bool(answer.alreadyStarted)], status: 201)
        }
    }

    private var run: Endpoint {
        Endpoint(
            "getRun", .get, "/v1/runs/{id}", "One run with its steps", .needs(.read), parameters: [Field("id", Shapes.uuid)],
            answer: .object(
                name: "Run",
                [Field("run", Shapes.run), Field("steps", .list(Shapes.step)), Field("document", .any), Field("input", .any)])
        ) { exchange in
            let answer = try await services.flows.getRun(.init(runID: try exchange.id("id", as: RunID.self).bytes), options: exchange.options)
            guard let run = answer.run else { throw Problem.notFound }
            return .json([
                "run": run.json, "steps": .array(answer.steps.map(\.json)), "document": .document(answer.documentJSON),
                "input": .document(answer.inputJSON),
            ])
        }
    }

    private var cancel: Endpoint {
        Endpoint(
            "cancelRun", .post, "/v1/runs/{id}/cancel", "Cancel a run; wants a reason", .needs(.run), parameters: [Field("id", Shapes.uuid)],
            body: .object(name: "RunCancel", [Field("reason", .text(maximum: 500))]),
            answer: .object(name: "RunState", [Field("state", .text())])
        ) { exchange in
            let answer = try await services.flows.cancelRun(
                .init(runID: try exchange.id("id", as: RunID.self).bytes, reason: exchange.body["reason"]?.stringValue ?? ""),
                options: exchange.writeOptions)
            return .json(["state": .string(answer.state)])
        }
    }

    private var cost: Endpoint {
        Endpoint(
            "getRunCost", .get, "/v1/runs/{id}/cost", "What a run cost, event by event", .needs(.read), parameters: [Field("id", Shapes.uuid)],
            answer: .object(
                name: "RunCost", [Field("total", Shapes.money), Field("budget", Shapes.maybeMoney), Field("events", .list(Shapes.usage))])
        ) { exchange in
            let id = try await existingRun(exchange)
            return .json(try await services.finops.getRunCost(.init(runID: id.bytes), options: exchange.options).json)
        }
    }

    private var receipts: Endpoint {
        Endpoint(
            "listRunReceipts", .get, "/v1/runs/{id}/receipts", "The receipts of a run, newest first", .needs(.read),
            parameters: [Field("id", Shapes.uuid)],
            query: Shapes.paging, answer: Shapes.page("ReceiptPage", of: Shapes.receipt)
        ) { exchange in
            let id = try await existingRun(exchange)
            let answer = try await services.ledger.listReceipts(.init(page: try exchange.page(), runID: id.bytes), options: exchange.options)
            return .json(.page(answer.receipts.map(\.json), cursor: answer.nextCursor))
        }
    }

    private var bundle: Endpoint {
        Endpoint(
            "exportRunBundle", .get, "/v1/runs/{id}/bundle", "Everything that proves a run, as one file", .needs(.read),
            parameters: [Field("id", Shapes.uuid)],
            answer: .map(.any)
        ) { exchange in
            let id = try await existingRun(exchange)
            let answer = try await services.ledger.exportBundle(.init(runID: id.bytes), options: exchange.options)
            return .download(answer.bundle, contentType: "application/json", fileName: "run-\(id).provable.json")
        }
    }

    /// Lists about a run that is not there would be empty; the flow engine says whether it is.
    private func existingRun(_ exchange: Exchange) async throws -> RunID {
        let id: RunID = try exchange.id("id")
        _ = try await services.flows.getRun(.init(runID: id.bytes), options: exchange.options)
        return id
    }
}
