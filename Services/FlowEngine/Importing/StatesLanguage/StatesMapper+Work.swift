internal import FlowEngineCore
internal import JSON

extension StatesMapper {
    mutating func task(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ next: String, _ place: Place) {
        let resource = state["Resource"]?.stringValue ?? ""
        var members: JSONObject = ["operation": .string(Self.operation(resource))]
        var input = JSONObject()
        if let value = state["Arguments"] ?? state["Parameters"] {
            let field = state["Arguments"] == nil ? "Parameters" : "Arguments"
            let made = template(value, at: "\(path)/\(field)", data: self.input(of: state, at: path), nil, place)
            input = made.objectValue ?? ["input": made]
        } else {
            input = ["input": .string("${\(self.input(of: state, at: path))}")]
        }
        if !resource.hasPrefix("arn:aws:states:::") { input["resource"] = .string(resource.escapedForTemplate) }
        members["with"] = .object(input)
        if let seconds = state["TimeoutSeconds"]?.doubleValue {
            members["timeout"] = .string(DraftFlow.duration(seconds: seconds) ?? "366d")
        } else if state["TimeoutSeconds"] != nil || state["TimeoutSecondsPath"] != nil {
            journal.notMapped(
                "Task.TimeoutSeconds", "\(path)/\(state["TimeoutSeconds"] == nil ? "TimeoutSecondsPath" : "TimeoutSeconds")", node: id,
                "a timeout is fixed: 30s applies until it is written")
        }
        retry(state, &members, at: path, id)
        let after = finish(id, state, at: path, result: "steps.\(id).output", next: next, place)
        members["on"] = ["success": .string(after), "error": .string(caught(id, state, at: path, place))]
        draft.add(id, "call", title: name, members)
        var notes = ["an operation '\(Self.operation(resource))' of a connector is needed"]
        if resource.hasSuffix(".waitForTaskToken") { notes.append("the token's answer is not waited for: add a wait for its event") }
        if state["TimeoutSeconds"] == nil, state["TimeoutSecondsPath"] == nil {
            notes.append("a call takes 30s at the most unless 'timeout' says otherwise")
        }
        journal.approximated("Task", path, node: id, notes.joined(separator: "; "))
        for field in ["HeartbeatSeconds", "HeartbeatSecondsPath"] where state[field] != nil {
            journal.notMapped("Task.\(field)", "\(path)/\(field)", node: id, "a call has no heartbeat; its timeout holds")
        }
        if state["Credentials"] != nil {
            journal.notMapped("Task.Credentials", "\(path)/Credentials", node: id, "credentials belong to the connector")
        }
    }

    /// `aws.sns.publish` of `arn:aws:states:::sns:publish.sync`.
    private static func operation(_ resource: String) -> String {
        let parts = resource.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 5, parts[0] == "arn" else { return "aws.task.run" }
        if parts[2] == "states", parts.count > 6, parts[5] != "activity" {
            let service = parts[5] == "aws-sdk" && parts.count > 7 ? parts[6] : parts[5]
            return "aws.\(service).\((parts.last ?? "run").prefix { $0 != "." })"
        }
        return parts[2] == "lambda" ? "aws.lambda.invoke" : "aws.\(parts[2].isEmpty ? "task" : parts[2]).run"
    }

    mutating func pass(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ next: String, _ place: Place) {
        var result: JSONValue = .string("${\(input(of: state, at: path))}")
        if let value = state["Result"] { result = value.escapedForTemplate }
        if let value = state["Parameters"] { result = template(value, at: "\(path)/Parameters", data: input(of: state, at: path), nil, place) }
        let after = finish(id, state, at: path, result: nil, next: next, place, value: result)
        draft.add(id, "assign", title: name, ["set": .object([dataName: .string("${\(data)}")]), "next": .string(after)])
        journal.mapped("Pass", path, node: id)
    }

    mutating func parallel(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ next: String, _ place: Place) {
        var branches: [JSONValue] = []
        let input = bodyInput(state, at: path, place) ?? .string("${\(data)}")
        let outer = data
        var results: [String] = []
        for (index, branch) in (state["Branches"]?.arrayValue ?? []).enumerated() {
            // Branches share the run's variables: each has its data under a name of its own.
            let own = "\(id)_\(index + 1)"
            data = "vars.\(own)"
            let end = draft.id("\(own)_end")
            let head = machine(branch.objectValue ?? [:], at: "\(path)/Branches/\(index)", exit: end, isJSONata: place.isJSONata)
            draft.add(end, "assign", ["set": .object([own: .string("${\(data)}")]), "next": .string(id)])
            branches.append(["next": .string(draft.assign("\(id)_branch", [own: input], next: head))])
            results.append("steps.\(id).output[\(index)].\(own)")
        }
        data = outer
        scope(
            id, name, "parallel", ["branches": .array(branches)], port: "joined", result: "[\(results.joined(separator: ", "))]", state, at: path,
            next, place)
        journal.mapped("Parallel", path, node: id, "its output is the list of the branches' data")
    }

    mutating func each(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ next: String, _ place: Place) {
        let input = input(of: state, at: path)
        var items: JSONValue = .string("${\(input)}")
        if let value = state["Items"] { items = template(value, at: "\(path)/Items", data: input, nil, place) }
        if let value = state["ItemsPath"] { items = .string("${\(self.path(value, at: "\(path)/ItemsPath", data: input))}") }
        let field = state["ItemProcessor"] == nil ? "Iterator" : "ItemProcessor"
        let end = draft.id("\(id)_end")
        let head = machine(state[field]?.objectValue ?? [:], at: "\(path)/\(field)", exit: end, isJSONata: place.isJSONata)
        draft.add(end, "assign", ["set": .object([dataName: .string("${\(data)}")]), "next": .string(id)])
        let selector = state["ItemSelector"].map { template($0, at: "\(path)/ItemSelector", data: input, nil, place) }
        let element = selector ?? (state["Parameters"].map { template($0, at: "\(path)/Parameters", data: input, nil, place) } ?? "${item}")
        let body = draft.assign("\(id)_item", [dataName: element], next: head)
        let wanted = state["MaxConcurrency"]?.intValue ?? 0
        let concurrency = wanted == 0 ? 40 : min(wanted, Int64(EachNode.concurrencyMax))
        if wanted != concurrency {
            journal.approximated(
                "Map.MaxConcurrency", state["MaxConcurrency"] == nil ? path : "\(path)/MaxConcurrency", node: id,
                "\(concurrency) at once; the most is \(EachNode.concurrencyMax)")
        }
        scope(
            id, name, "each", ["items": items, "do": .string(body), "concurrency": .int(concurrency)], port: "done",
            result: "steps.\(id).output.map(body, body.\(dataName))", state, at: path, next, place)
        journal.mapped("Map", path, node: id, "its output is the list of the elements' data")
        if state[field]?["ProcessorConfig"] != nil {
            journal.notMapped("Map.ProcessorConfig", "\(path)/\(field)/ProcessorConfig", node: id, "every body runs in the run itself")
        }
        for field in ["ItemReader", "ItemBatcher", "ResultWriter", "Label", "MaxConcurrencyPath"] where state[field] != nil {
            journal.notMapped(
                "Map.\(field)", "\(path)/\(field)", node: id, "an 'each' goes through a list that is there; let a call read or write it")
        }
        for field in state.keys where field.hasPrefix("Tolerated") {
            journal.notMapped(
                "Map.\(field)", "\(path)/\(field)", node: id, "the first element that fails leaves by 'error'; handle errors in the body")
        }
    }

    private mutating func bodyInput(_ state: JSONObject, at path: String, _ place: Place) -> JSONValue? {
        if let value = state["Parameters"] ?? state["Arguments"] {
            return template(
                value, at: "\(path)/\(state["Parameters"] == nil ? "Arguments" : "Parameters")", data: input(of: state, at: path), nil, place)
        }
        return state["InputPath"] == nil ? nil : .string("${\(input(of: state, at: path))}")
    }

    private mutating func scope(
        _ id: String, _ name: String, _ type: String, _ own: JSONObject, port: String, result: String, _ state: JSONObject, at path: String,
        _ next: String, _ place: Place
    ) {
        var members = own
        let after = finish(id, state, at: path, result: result, next: next, place)
        members["on"] = .object([port: .string(after), "error": .string(caught(id, state, at: path, place))])
        draft.add(id, type, title: name, members)
        if state["Retry"] != nil {
            journal.notMapped("\(type == "each" ? "Map" : "Parallel").Retry", "\(path)/Retry", node: id, "calls are tried again, not bodies")
        }
    }

    private mutating func retry(_ state: JSONObject, _ members: inout JSONObject, at path: String, _ id: String) {
        guard let retriers = state["Retry"]?.arrayValue, let first = retriers.first else { return }
        let attempts = min(10, (first["MaxAttempts"]?.intValue ?? 3) + 1)
        let seconds = first["IntervalSeconds"]?.doubleValue ?? 1
        members["retry"] = ["attempts": .int(attempts), "backoff": .string(DraftFlow.duration(seconds: seconds) ?? "1s")]
        journal.approximated(
            "Retry", "\(path)/Retry", node: id,
            "the first of \(retriers.count) holds for every error; the delay doubles from \(seconds)s, to an hour at most; \(attempts) attempts in all"
        )
    }

    /// The way out of errors: a decision on the error's class where there is a Catch.
    private mutating func caught(_ id: String, _ state: JSONObject, at path: String, _ place: Place) -> String {
        guard let catchers = state["Catch"]?.arrayValue, !catchers.isEmpty else { return draft.failed() }
        var branches: [JSONValue] = []
        var otherwise: String?
        for (index, catcher) in catchers.enumerated() {
            let at = "\(path)/Catch/\(index)"
            let errors = catcher["ErrorEquals"]?.arrayValue?.compactMap(\.stringValue) ?? []
            var values = assignments(catcher.objectValue ?? [:], at: at, result: "steps.\(id).error", place)
            if let result = resultTarget(catcher["ResultPath"]), !place.isJSONata { values[result] = .string("${steps.\(id).error}") }
            let target = draft.assign("\(id)_caught", values, next: catcher["Next"]?.stringValue.flatMap { place.ids[$0] } ?? place.exit)
            journal.approximated("Catch", at, node: id, "errors are known by the connector's class; rename them if they differ")
            if errors.contains("States.ALL") { otherwise = target; break }
            let list = CELSpelling.literal(.array(errors.map(JSONValue.string)))
            branches.append(["when": .string("has(steps.\(id).error) && steps.\(id).error.class in \(list)"), "next": .string(target)])
        }
        guard !branches.isEmpty else { return otherwise ?? draft.failed() }
        let decide = draft.id("\(id)_catch")
        draft.add(decide, "decide", ["branches": .array(branches), "otherwise": .string(otherwise ?? draft.failed())])
        return decide
    }
}
