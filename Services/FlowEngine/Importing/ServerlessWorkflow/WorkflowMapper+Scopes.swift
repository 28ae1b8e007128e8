internal import FlowEngineCore
internal import JSON

/// Tasks with other tasks in them, and errors.
extension WorkflowMapper {
    mutating func each(_ task: WorkflowTask, _ place: Place) -> String {
        var loop = SourceFields(task.content, at: task.at("for"))
        let name = loop.string("each") ?? "item"
        let position = loop.string("at") ?? "index"
        var element = name.asNodeID
        if !element.isNodeID || ["trigger", "run", "steps", "vars", "event"].contains(element) { element = "item" }
        var items = JSONValue.array([])
        if let list = loop["in"] { items = value(list, at: loop.at("in"), isExpression: true) }
        if let test = task.members["while"] {
            journal.notMapped(
                "for.while", task.at("while"), node: task.id, "\(test.encodedString()): every element is gone through; begin the body with a decide")
        }
        journal.close(loop, "for", node: task.id)
        let outer = variables
        variables[name] = element
        variables[position] = "\(element)_index"
        let end = draft.id("\(task.id)_end")
        draft.add(end, "assign", ["set": .object([dataName: .string("${\(data)}")]), "next": .string(task.id)])
        let body = tasks(task.members["do"]?.arrayValue ?? [], at: task.at("do"), Place(exit: end, end: nil, handler: nil))
        variables = outer
        let output = "steps.\(task.id).output"
        let last = "size(\(output)) == 0 ? \(data) : \(output)[size(\(output)) - 1].\(dataName)"
        let done = draft.assign("\(task.id)_result", [dataName: .string("${\(last)}")], next: task.next)
        var members: JSONObject = ["items": items, "as": .string(element), "do": .string(body), "timeout": .null]
        ports(&members, port: "done", done, task, place)
        draft.add(task.id, "each", title: task.name, members)
        journal.approximated(
            "for", task.at("for"), node: task.id, "one element at a time, each with the data from before the loop; an error in it \(handled(place))")
        journal.mapped("for.do", task.at("do"), node: task.id)
        return task.id
    }

    mutating func fork(_ task: WorkflowTask, _ place: Place) -> String {
        var fields = SourceFields(task.content, at: task.at("fork"))
        let isRace = fields["compete"]?.boolValue ?? false
        let outer = data
        var branches: [JSONValue] = []
        var results: [String] = []
        for (index, branch) in (fields["branches"]?.arrayValue ?? []).enumerated() {
            // Branches share the run's variables: each has its data under a name of its own.
            let own = "\(task.id)_\(index + 1)"
            data = "vars.\(own)"
            let end = draft.id("\(own)_end")
            draft.add(end, "assign", ["set": .object([own: .string("${\(data)}")]), "next": .string(task.id)])
            let name = branch.objectValue?.keys.first ?? ""
            let place = Place(exit: end, end: nil, handler: nil)
            let entry = tasks([branch], at: "\(fields.at("branches"))/\(index)#", place)
            branches.append(["title": .string(name), "next": .string(draft.assign("\(own)_begin", [own: .string("${\(outer)}")], next: entry))])
            results.append("steps.\(task.id).output[\(index)]")
            data = outer
        }
        journal.close(fields, "fork", node: task.id)
        var joined = "[" + results.enumerated().map { "\($0.element).\(task.id)_\($0.offset + 1)" }.joined(separator: ", ") + "]"
        if isRace {
            joined = results.enumerated().reversed().reduce("null") { rest, one in
                "(\(one.element) != null ? \(one.element).\(task.id)_\(one.offset + 1) : \(rest))"
            }
        }
        let next = draft.assign("\(task.id)_result", [dataName: .string("${\(joined)}")], next: task.next)
        var members: JSONObject = ["branches": .array(branches)]
        if isRace { members["needed"] = 1 }
        ports(&members, port: "joined", next, task, place)
        draft.add(task.id, "parallel", title: task.name, members)
        journal.approximated("fork", task.at("fork"), node: task.id, "an error in a branch \(handled(place))")
        return task.id
    }

    private func handled(_ place: Place) -> String {
        place.handler == nil ? "fails the run" : "fails the run, and is not caught by the 'try' around: catch it inside"
    }

    private mutating func ports(_ members: inout JSONObject, port: String, _ next: String, _ task: WorkflowTask, _ place: Place) {
        var ports: JSONObject = [port: .string(next), "error": .string(failure(task, place))]
        members.removeValue(forKey: "timeout")
        if let limit = task.limit {
            members["timeout"] = .string(limit)
            ports["timeout"] = .string(failure(task, place))
        }
        members["on"] = .object(ports)
    }

    // MARK: Errors

    mutating func raise(_ task: WorkflowTask, _ place: Place) -> String {
        let name = task.content["error"]?.stringValue
        let error = name.flatMap { source["use"]?["errors"]?[$0] } ?? task.content["error"] ?? .null
        let path = name.map { "/use/errors/\($0.pointerToken)" } ?? task.at("raise/error")
        var made = value(error, at: path).objectValue ?? [:]
        made["class"] = .string(Self.errorClass(error["type"]?.stringValue ?? "error"))
        journal.mapped("raise", task.at("raise"), node: task.id)
        guard let handler = place.handler else {
            draft.add(task.id, "end", title: task.name, ["outcome": "failure", "output": ["error": .object(made)]])
            return task.id
        }
        draft.add(
            task.id, "assign", title: task.name,
            ["set": .object([handler.variable: .object(made)]), "next": .string(handler.entry)])
        return task.id
    }

    /// `communication` of `https://serverlessworkflow.io/spec/1.0.0/errors/communication`.
    private static func errorClass(_ type: String) -> String { String(type.split(separator: "/").last ?? "error") }

    mutating func attempt(_ task: WorkflowTask, _ place: Place) -> String {
        var caught = SourceFields(task.members["catch"], at: task.at("catch"))
        let name = caught.string("as") ?? "error"
        let variable = name.isVariableName && !["data", "context"].contains(name) ? name : "error"
        let outer = variables
        variables[name] = "vars.\(variable)"
        var handling = task.next
        if let list = caught["do"]?.arrayValue {
            handling = tasks(list, at: caught.at("do"), Place(exit: task.next, end: place.end, handler: place.handler))
        }
        if let condition = condition(&caught, task, "vars.\(variable)") {
            let decide = draft.id("\(task.id)_catch")
            var onward = draft.failed()
            if let around = place.handler {
                onward = draft.assign("\(task.id)_raise", [around.variable: .string("${vars.\(variable)}")], next: around.entry)
            }
            draft.add(
                decide, "decide", ["branches": [["when": .string(condition), "next": .string(handling)]], "otherwise": .string(onward)])
            handling = decide
        }
        let retry = retry(caught["retry"], at: caught.at("retry"), task)
        variables = outer
        journal.mapped("try", task.at("try"), node: task.id)
        journal.approximated("catch", task.at("catch"), node: task.id, "errors are known by the connector's class and message")
        journal.close(caught, "catch", node: task.id)
        let inner = Place(exit: task.next, end: place.end, handler: Handler(entry: handling, variable: variable, retry: retry))
        return tasks(task.content.arrayValue ?? [], at: task.at("try"), inner)
    }

    private mutating func condition(_ caught: inout SourceFields, _ task: WorkflowTask, _ variable: String) -> String? {
        var conditions: [String] = []
        var errors = SourceFields(caught["errors"], at: caught.at("errors"))
        for (field, wanted) in errors["with"]?.objectValue ?? [:] {
            let at = "\(errors.at("with"))/\(field.pointerToken)"
            if field == "type", let type = wanted.stringValue {
                conditions.append("\(variable).class == \(CELSpelling.string(Self.errorClass(type)))")
                journal.approximated("catch.errors.type", at, node: task.id, "the last part of the type is compared with the error's class")
            } else {
                conditions.append("\(CELSpelling.member(field, of: variable)) == \(CELSpelling.literal(wanted))")
                if !["class", "message"].contains(field) {
                    conditions[conditions.count - 1] = "has(\(CELSpelling.member(field, of: variable))) && " + conditions[conditions.count - 1]
                }
                journal.approximated("catch.errors.\(field)", at, node: task.id, "only errors that were raised here have it")
            }
        }
        journal.close(errors, "catch.errors", node: task.id)
        if let when = caught.string("when") { conditions.append(expression(when, at: caught.at("when"))) }
        if let except = caught.string("exceptWhen") { conditions.append("!(\(expression(except, at: caught.at("exceptWhen"))))") }
        return conditions.isEmpty ? nil : conditions.map { conditions.count > 1 ? "(\($0))" : $0 }.joined(separator: " && ")
    }

    private mutating func retry(_ value: JSONValue?, at path: String, _ task: WorkflowTask) -> JSONObject? {
        guard let value else { return nil }
        let policy = value.stringValue.flatMap { source["use"]?["retries"]?[$0] } ?? value
        let wanted = policy["limit"]?["attempt"]?["count"]?.intValue ?? 3
        let delay = policy["delay"].flatMap(WorkflowDuration.seconds).flatMap(DraftFlow.duration) ?? "1s"
        // The first attempt is none of the DSL's retries.
        let attempts = min(10, max(1, wanted) + 1)
        journal.approximated(
            "catch.retry", path, node: task.id,
            "each call in it is tried \(attempts) times, not the block; the delay doubles from \(delay), to an hour at most; the connector says which errors are worth it"
        )
        return ["attempts": .int(attempts), "backoff": .string(delay)]
    }
}
