internal import FlowEngineCore
internal import JSON

/// Turns a valid workflow into a draft, task by task, from the last to the first: each knows what comes after it.
struct WorkflowMapper {
    var journal: ImportJournal
    var draft = DraftFlow()
    let source: JSONValue
    /// The variable with the data that passes from task to task; each branch of a fork has its own.
    var data = "vars.data"
    var dataName: String { String(data.dropFirst("vars.".count)) }
    /// The DSL's variables that are more than a name: elements of a `for`, errors that were caught.
    var variables: [String: String] = [:]
    /// Functions that are being written out, so that one that calls itself ends.
    var functions: [String] = []

    init(journal: ImportJournal, source: JSONValue) {
        self.journal = journal
        self.source = source
    }

    /// Where the tasks of a list lead to.
    struct Place {
        /// What stands behind the list.
        var exit: String
        /// Nil in the body of a `for` or branch of a `fork`, which cannot end the run well.
        var end: String?
        /// What takes errors: the innermost `try` of the same body.
        var handler: Handler?
    }

    struct Handler {
        var entry: String
        /// The variable that the error is kept in.
        var variable: String
        var retry: JSONObject?
    }

    mutating func document(name: String) -> JSONValue {
        var root = SourceFields(source, at: "")
        var header = SourceFields(root["document"], at: "/document")
        let title = header.string("title")
        let summary = header.string("summary")
        let named = header.string("name") ?? name
        for field in ["dsl", "namespace", "version", "tags", "metadata"] where header[field] != nil {
            journal.notMapped("document.\(field)", header.at(field), "a flow is known by its name, and a version by the hash of the document")
        }
        journal.close(header, "document")
        let end = output(root["output"], at: "/output", next: draft.done())
        let first = tasks(root["do"]?.arrayValue ?? [], at: "/do", Place(exit: end, end: end, handler: nil))
        var input = SourceFields(root["input"], at: "/input")
        let from = input["from"].map { value($0, at: "/input/from", isExpression: true, data: "trigger") }
        let begin = draft.assign("input", ["data": from ?? "${trigger}", "context": [:]], next: first)
        var trigger = self.trigger(root["schedule"])
        if let schema = input["schema"] { self.schema(schema, at: "/input/schema", &trigger) }
        journal.close(input, "input")
        let deadline = timeout(root["timeout"], at: "/timeout", "the flow's deadline")
        used(root["use"])
        if root["evaluate"] != nil { journal.approximated("evaluate", "/evaluate", "expressions are CEL") }
        journal.close(root, "workflow")
        return draft.document(name: named, title: title ?? named, description: summary ?? "", deadline: deadline, trigger: trigger, next: begin)
    }

    private mutating func used(_ value: JSONValue?) {
        let reasons = [
            "authentications": "credentials belong to the connector", "secrets": "credentials belong to the connector",
            "catalogs": "operations come from the connectors", "extensions": "nothing runs around every task; put the work before or after the calls",
        ]
        for (kind, members) in value?.objectValue ?? [:] {
            let path = "/use/\(kind.pointerToken)"
            if let reason = reasons[kind] {
                journal.notMapped("use.\(kind)", path, reason)
            } else {
                for name in members.objectValue?.keys ?? [] {
                    let at = "\(path)/\(name.pointerToken)"
                    if !journal.knows(at) { journal.approximated("use.\(kind)", at, "written out where it is used") }
                }
            }
        }
    }

    // MARK: What starts a run

    private mutating func trigger(_ value: JSONValue?) -> JSONObject {
        guard let value else { return ["trigger": ["kind": "manual"]] }
        var fields = SourceFields(value, at: "/schedule")
        defer { journal.close(fields, "schedule") }
        if fields["after"] != nil {
            journal.notMapped(
                "schedule.after", "/schedule/after", node: "start", "a run does not follow on another's end; use a calendar, or a subflow")
        }
        if let every = fields["every"], let span = WorkflowDuration.seconds(every).flatMap(DraftFlow.duration) {
            return ["trigger": ["kind": "schedule", "every": .string(span)]]
        }
        if let cron = fields.string("cron") {
            if (try? CronExpression(cron)) != nil { return ["trigger": ["kind": "schedule", "cron": .string(cron)]] }
            journal.notMapped("schedule.cron", "/schedule/cron", node: "start", "a calendar has five fields; a person starts the run meanwhile")
            return ["trigger": ["kind": "manual"]]
        }
        guard let on = fields["on"] else { return ["trigger": ["kind": "manual"]] }
        let filters = on["one"].map { [$0] } ?? on["any"]?.arrayValue ?? on["all"]?.arrayValue ?? []
        let path = on["one"] != nil ? "/schedule/on/one" : on["any"] != nil ? "/schedule/on/any/0" : "/schedule/on/all/0"
        let event = event(filters.first ?? .null, at: path, node: "start", payload: "trigger")
        if filters.count > 1 {
            journal.notMapped("schedule.on", "/schedule/on", node: "start", "a flow has one trigger; make a flow of its own for each further event")
        }
        var trigger: JSONObject = ["trigger": ["kind": "event", "event": .string(event.kind)]]
        trigger["when"] = event.match.map(JSONValue.string)
        journal.approximated("schedule.on", "/schedule/on", node: "start", "'trigger' is the event's data, and no list of events")
        return trigger
    }

    private mutating func schema(_ value: JSONValue, at path: String, _ trigger: inout JSONObject) {
        guard let schema = value["document"]?.objectValue else {
            return journal.notMapped("input.schema", path, node: "start", "it is not in the definition; write it into the trigger's 'input'")
        }
        let unknown = FormSchema(schema).unknownKeywords
        guard unknown.isEmpty else {
            return journal.notMapped(
                "input.schema", path, node: "start", "it uses \(unknown.prefix(5).joined(separator: ", ")), which the engine's schemas do not know")
        }
        trigger["input"] = .object(schema)
        journal.mapped("input.schema", path, node: "start")
    }

    /// A timeout, or the name of one, as the document writes durations.
    mutating func timeout(_ value: JSONValue?, at path: String, _ what: String) -> String? {
        guard let value else { return nil }
        let after = value.stringValue.flatMap { source["use"]?["timeouts"]?[$0] }?["after"] ?? value["after"]
        guard let after, let span = WorkflowDuration.seconds(after).flatMap(DraftFlow.duration) else {
            journal.notMapped("timeout", path, "it is computed, or longer than a year; a limit is fixed here")
            return nil
        }
        journal.mapped("timeout", path, what)
        return span
    }

    // MARK: Tasks

    /// The beginning of a list of tasks.
    mutating func tasks(_ list: [JSONValue], at path: String, _ place: Place) -> String {
        let named = list.map { ($0.objectValue?.keys.first ?? "", $0.objectValue?.values.first ?? .null) }
        var entries: [String: String] = [:]
        for (name, _) in named { entries[name] = draft.place() }
        var next = place.exit
        for (index, (name, value)) in named.enumerated().reversed() {
            let at = "\(path)/\(index)/\(name.pointerToken)"
            let target = target(value["then"], at: "\(at)/then", next, entries, place)
            let entry = task(name, value, at: at, next: target, otherwise: next, entries, place)
            if let reserved = entries[name] { draft.settle(reserved, at: entry) }
            next = entry
        }
        return next
    }

    mutating func target(_ value: JSONValue?, at path: String, _ next: String, _ entries: [String: String], _ place: Place) -> String {
        switch value?.stringValue {
        case nil, "continue": return next
        case "exit": return place.exit
        case "end":
            if let end = place.end { return end }
            journal.approximated("then", path, "a body cannot end the run well: this element or branch is over")
            return place.exit
        case let name?: return entries[name] ?? next
        }
    }

    /// - Returns: Its first node.
    private mutating func task(
        _ name: String, _ value: JSONValue, at path: String, next: String, otherwise: String, _ entries: [String: String], _ place: Place
    ) -> String {
        var fields = SourceFields(value, at: path)
        let kind = WorkflowFields.kinds.first { value[$0] != nil && !($0 == "do" && value["for"] != nil) } ?? ""
        let id = draft.id(name)
        _ = (fields[kind], fields["then"])
        for field in WorkflowFields.own(kind) { _ = fields[field] }
        if fields["metadata"] != nil { journal.notMapped("metadata", fields.at("metadata"), node: id, "nodes have none") }
        // What follows the task's own work, from the last to the first.
        var after = export(fields["export"], at: fields.at("export"), id, next: next)
        after = output(fields["output"], at: fields.at("output"), next: after)
        let limit = limit(fields["timeout"], at: fields.at("timeout"), kind, id)
        var task = WorkflowTask(id: id, name: name, kind: kind, members: value, path: path, next: after, limit: limit)
        var entry = work(&task, entries, place)
        if fields["input"] != nil {
            var input = SourceFields(fields["input"], at: fields.at("input"))
            if let from = input["from"] {
                entry = draft.assign("\(id)_input", [dataName: self.value(from, at: input.at("from"), isExpression: true)], next: entry)
            }
            if input["schema"] != nil { journal.notMapped("input.schema", input.at("schema"), node: id, "only a trigger's input has a schema") }
            journal.close(input, "input", node: id)
        }
        if let test = fields["if"] {
            let condition = expression(test.stringValue ?? test.encodedString(), at: fields.at("if"))
            let decide = draft.id("\(id)_if")
            draft.add(decide, "decide", ["branches": [["when": .string(condition), "next": .string(entry)]], "otherwise": .string(otherwise)])
            journal.mapped("if", fields.at("if"), node: decide)
            entry = decide
        }
        if !journal.knows("\(path)/\(kind.pointerToken)") { journal.mapped(kind, fields.at(kind), node: id) }
        journal.close(fields, kind, node: id)
        return entry
    }

    private mutating func limit(_ value: JSONValue?, at path: String, _ kind: String, _ id: String) -> String? {
        guard value != nil else { return nil }
        guard ["call", "run", "listen", "for", "fork"].contains(kind) else {
            journal.notMapped("timeout", path, node: id, "a \(kind) has no limit of its own; give one to the calls and waits in it")
            return nil
        }
        return timeout(value, at: path, "the node's timeout")
    }
}

/// A task that is being mapped.
struct WorkflowTask {
    var id: String
    var name: String
    var kind: String
    var members: JSONValue
    var path: String
    var next: String
    var limit: String?

    var content: JSONValue { members[kind] ?? .null }
    func at(_ field: String) -> String { "\(path)/\(field)" }
}
