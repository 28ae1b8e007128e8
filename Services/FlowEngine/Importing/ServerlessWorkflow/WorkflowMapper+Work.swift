internal import FlowEngineCore
internal import JSON

/// Tasks that do something outside, set data or wait.
extension WorkflowMapper {
    /// - Returns: The task's first node.
    mutating func work(_ task: inout WorkflowTask, _ entries: [String: String], _ place: Place) -> String {
        switch task.kind {
        case "call": return call(task, place)
        case "run": return run(task, place)
        case "emit":
            let event = value(task.content["event"]?["with"] ?? [:], at: task.at("emit/event/with"))
            return operation("events.event.publish", ["event": event], task, place, "emit")
        case "set":
            draft.add(
                task.id, "assign", title: task.name,
                ["set": .object([dataName: value(task.content, at: task.at("set"))]), "next": .string(task.next)])
            return task.id
        case "wait": return wait(task)
        case "listen": return listen(task, place)
        case "raise": return raise(task, place)
        case "switch": return choose(task, entries, place)
        case "do":
            journal.mapped("do", task.at("do"), "its tasks stand one after the other")
            return tasks(task.content.arrayValue ?? [], at: task.at("do"), Place(exit: task.next, end: place.end, handler: place.handler))
        case "for": return each(task, place)
        case "fork": return fork(task, place)
        default: return attempt(task, place)
        }
    }

    private mutating func wait(_ task: WorkflowTask) -> String {
        var span: JSONValue = "1s"
        if let text = task.content.stringValue, text.isWorkflowExpression {
            span = .string("${\(expression(text, at: task.at("wait")))}")
            journal.approximated("wait", task.at("wait"), node: task.id, "the expression must give a duration as the document writes it: \"30s\"")
        } else {
            span = .string(WorkflowDuration.seconds(task.content).flatMap(DraftFlow.duration) ?? "1ms")
        }
        draft.add(task.id, "wait", title: task.name, ["for": span, "on": ["elapsed": .string(task.next)]])
        return task.id
    }

    private mutating func choose(_ task: WorkflowTask, _ entries: [String: String], _ place: Place) -> String {
        var branches: [JSONValue] = []
        var otherwise = task.next
        for (index, element) in (task.content.arrayValue ?? []).enumerated() {
            let name = element.objectValue?.keys.first ?? ""
            let at = "\(task.at("switch"))/\(index)/\(name.pointerToken)"
            let target = target(element[name]?["then"], at: "\(at)/then", task.next, entries, place)
            guard let when = element[name]?["when"]?.stringValue else {
                otherwise = target
                journal.mapped("switch case", at, node: task.id, "the port 'otherwise'")
                continue
            }
            let condition = expression(when, at: "\(at)/when")
            branches.append(["title": .string(name), "when": .string(condition), "next": .string(target)])
            journal.mapped("switch case", at, node: task.id)
        }
        guard !branches.isEmpty else { return otherwise }
        draft.add(task.id, "decide", title: task.name, ["branches": .array(branches), "otherwise": .string(otherwise)])
        return task.id
    }

    // MARK: Calls

    private mutating func call(_ task: WorkflowTask, _ place: Place) -> String {
        let what = task.content.stringValue ?? ""
        var with = SourceFields(task.members["with"], at: task.at("with"))
        switch what {
        case "http":
            var input = JSONObject()
            let endpoint = with["endpoint"] ?? ""
            var target = SourceFields(endpoint, at: with.at("endpoint"))
            input["method"] = with["method"].map { value($0, at: with.at("method")) }
            input["url"] = address(target["uri"] ?? endpoint, at: with.at("endpoint"))
            authentication(target["authentication"], at: target.at("authentication"), task.id)
            journal.close(target, "call.endpoint", node: task.id)
            for field in ["headers", "query", "body", "redirect", "output"] {
                if let given = with[field] { input[field] = value(given, at: with.at(field)) }
            }
            journal.close(with, "call.with", node: task.id)
            return operation("http.request.send", input, task, place, "call")
        case "asyncapi" where with["subscription"] != nil: return subscribe(task, with, place)
        case "openapi", "grpc", "asyncapi", "a2a", "mcp":
            authentication(with["authentication"], at: with.at("authentication"), task.id)
            var input = JSONObject()
            for field in with.members.keys where field != "authentication" {
                input[field] = with[field].map { value($0, at: with.at(field)) }
            }
            journal.close(with, "call.with", node: task.id)
            let verbs = ["openapi": "operation.call", "grpc": "method.call", "asyncapi": "message.publish", "a2a": "agent.send", "mcp": "tool.call"]
            return operation("\(what).\(verbs[what] ?? "run")", input, task, place, "call")
        default: return function(what, task, place)
        }
    }

    private mutating func authentication(_ value: JSONValue?, at path: String, _ id: String) {
        if value != nil { journal.notMapped("authentication", path, node: id, "credentials belong to the connector") }
    }

    /// A function of the definition is written out where it is called; one of a catalogue is an operation.
    private mutating func function(_ name: String, _ task: WorkflowTask, _ place: Place) -> String {
        let arguments = task.members["with"].map { value($0, at: task.at("with")) } ?? .object([:])
        let known = source["use"]?["functions"]?[name]
        let kind = WorkflowFields.kinds.first { known?[$0] != nil && !($0 == "do" && known?["for"] != nil) }
        guard let known, let kind, !functions.contains(name), functions.count < 8 else {
            let plain = DraftFlow.flowName(String(name.prefix { $0 != "@" }.split(separator: "/").last ?? "run"))
            return operation("function.\(plain.replacing("-", with: "_")).call", arguments.objectValue ?? ["input": arguments], task, place, "call")
        }
        functions.append(name)
        defer { functions.removeLast() }
        var inner = WorkflowTask(
            id: task.id, name: task.name, kind: kind, members: known, path: "/use/functions/\(name.pointerToken)", next: task.next, limit: task.limit)
        for field in known.objectValue?.keys ?? [] where WorkflowFields.task.contains(field) {
            journal.notMapped("function.\(field)", inner.at(field), node: task.id, "of a function, only what it does is written out")
        }
        let entry = work(&inner, [:], place)
        journal.mapped("call", task.at("call"), node: task.id, "the function '\(name)', written out")
        return draft.assign("\(task.id)_arguments", [dataName: arguments], next: entry)
    }

    private mutating func run(_ task: WorkflowTask, _ place: Place) -> String {
        var fields = SourceFields(task.content, at: task.at("run"))
        let way = ["container", "script", "shell", "workflow"].first { task.content[$0] != nil } ?? ""
        let members = fields[way]?.objectValue ?? [:]
        if fields["await"]?.boolValue == false {
            journal.notMapped("run.await", fields.at("await"), node: task.id, "the run waits for it; use a parallel with 'needed' to go on at once")
        }
        guard way == "workflow" else {
            var input = value(.object(members), at: fields.at(way)).objectValue ?? [:]
            if let part = fields["return"] { input["return"] = part }
            journal.close(fields, "run", node: task.id)
            return operation("runner.\(way).run", input, task, place, "run")
        }
        if let part = fields["return"] {
            journal.notMapped("run.return", fields.at("return"), node: task.id, "\(part.encodedString()): a flow gives its output")
        }
        journal.close(fields, "run", node: task.id)
        var node: JSONObject = ["flow": .string(DraftFlow.flowName(members["name"]?.stringValue ?? "flow"))]
        if let input = members["input"] { node["with"] = value(input, at: "\(fields.at(way))/input").objectValue.map(JSONValue.object) }
        node["timeout"] = task.limit.map(JSONValue.string)
        var ports: JSONObject = ["success": .string(result(task)), "error": .string(failure(task, place))]
        if task.limit != nil { ports["timeout"] = .string(failure(task, place)) }
        node["on"] = .object(ports)
        draft.add(task.id, "subflow", title: task.name, node)
        journal.approximated(
            "run.workflow", fields.at(way), node: task.id, "import it too, and lock it by the version's hash; namespace and version have no equal")
        return task.id
    }

    /// A call of an operation that a connector must have.
    mutating func operation(_ name: String, _ input: JSONObject, _ task: WorkflowTask, _ place: Place, _ construct: String) -> String {
        var members: JSONObject = ["operation": .string(name), "with": .object(input)]
        members["timeout"] = task.limit.map(JSONValue.string)
        if let retry = place.handler?.retry { members["retry"] = .object(retry) }
        members["on"] = ["success": .string(result(task)), "error": .string(failure(task, place))]
        draft.add(task.id, "call", title: task.name, members)
        let limit = task.limit == nil ? "; it takes 30s at the most unless 'timeout' says otherwise" : ""
        journal.approximated(construct, task.at(task.kind), node: task.id, "an operation '\(name)' of a connector is needed\(limit)")
        return task.id
    }

    /// What the task gives becomes the data; only emitting leaves it as it was.
    func keepsData(_ task: WorkflowTask) -> Bool { task.kind == "emit" }

    mutating func result(_ task: WorkflowTask) -> String {
        guard !keepsData(task) else { return task.next }
        return draft.assign("\(task.id)_result", [dataName: .string("${steps.\(task.id).output}")], next: task.next)
    }

    /// The way out of errors.
    mutating func failure(_ task: WorkflowTask, _ place: Place) -> String {
        guard let handler = place.handler else { return draft.failed() }
        let error = "has(steps.\(task.id).error) ? steps.\(task.id).error : {'class': 'timeout', 'message': ''}"
        return draft.assign("\(task.id)_error", [handler.variable: .string("${\(error)}")], next: handler.entry)
    }
}
