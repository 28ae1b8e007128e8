internal import FlowEngineCore
internal import JSON

/// Whether a definition is a workflow of the DSL: every fault is noted, each with its place.
struct WorkflowCheck {
    var journal: ImportJournal
    private var use: JSONObject = [:]
    private static let depthMax = 24

    init(journal: ImportJournal) { self.journal = journal }

    mutating func workflow(_ value: JSONValue) {
        guard let members = value.objectValue else { return journal.refuse("", "a workflow is an object") }
        journal.refuseUnknown(members, known: WorkflowFields.root, in: "a workflow", at: "")
        document(members["document"])
        use = members["use"]?.objectValue ?? [:]
        for (name, function) in use["functions"]?.objectValue ?? [:] {
            task(function, named: name, at: "/use/functions/\(name.pointerToken)", beside: [], depth: 1)
        }
        timeout(members["timeout"], at: "/timeout")
        tasks(members["do"], at: "/do", depth: 0)
        if let cron = members["schedule"]?["cron"], cron.stringValue == nil { journal.refuse("/schedule/cron", "a calendar is a text") }
        if let every = members["schedule"]?["every"] { duration(every, at: "/schedule/every") }
    }

    private mutating func document(_ value: JSONValue?) {
        guard let value else { return journal.refuse("/document", "'document' says what the workflow is") }
        for field in ["dsl", "namespace", "name", "version"] where value[field]?.stringValue?.isEmpty ?? true {
            journal.refuse("/document/\(field)", "'\(field)' is a text" + (value[field] == nil ? " that must be there" : ", in quotes"))
        }
        guard let dsl = value["dsl"]?.stringValue else { return }
        let parts = dsl.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count < 3 || Int(parts[0]) == nil || Int(parts[1]) == nil {
            journal.refuse("/document/dsl", "'\(dsl)' is no version")
        } else if parts[0] != "1" {
            journal.refuse("/document/dsl", "version \(dsl) of the language is not known; version 1 is")
        }
    }

    private mutating func tasks(_ value: JSONValue?, at path: String, depth: Int) {
        guard let list = value?.arrayValue, !list.isEmpty else { return journal.refuse(path, "it is a list with at least one task") }
        guard depth <= Self.depthMax else { return journal.refuse(path, "tasks are nested deeper than \(Self.depthMax)") }
        var names: [String] = []
        for (index, element) in list.enumerated() {
            guard let members = element.objectValue, members.count == 1, let name = members.keys.first else {
                journal.refuse("\(path)/\(index)", "a task is an object with one name, and under it what it does")
                continue
            }
            if names.contains(name) { journal.refuse("\(path)/\(index)/\(name.pointerToken)", "the name '\(name)' stands twice in the list") }
            names.append(name)
        }
        for (index, element) in list.enumerated() {
            guard let members = element.objectValue, members.count == 1, let name = members.keys.first else { continue }
            task(members[name] ?? .null, named: name, at: "\(path)/\(index)/\(name.pointerToken)", beside: names, depth: depth)
        }
    }

    private mutating func task(_ value: JSONValue, named name: String, at path: String, beside names: [String], depth: Int) {
        guard let members = value.objectValue else { return journal.refuse(path, "a task is an object") }
        let kinds = WorkflowFields.kinds.filter { members[$0] != nil && !($0 == "do" && members["for"] != nil) }
        guard kinds.count == 1, let kind = kinds.first else {
            let known = WorkflowFields.kinds.joined(separator: ", ")
            let what = kinds.isEmpty ? "it does nothing: one of \(known) is needed" : "it does several things: \(kinds.joined(separator: ", "))"
            return journal.refuse(path, what)
        }
        journal.refuseUnknown(members, known: WorkflowFields.task + [kind] + WorkflowFields.own(kind), in: "a \(kind)", at: path)
        target(members["then"], at: "\(path)/then", names)
        timeout(members["timeout"], at: "\(path)/timeout")
        let content = members[kind] ?? .null
        switch kind {
        case "call": call(content, members["with"], at: path)
        case "do": tasks(content, at: "\(path)/do", depth: depth + 1)
        case "emit": if content["event"]?["with"]?.objectValue == nil { journal.refuse("\(path)/emit", "an event to emit has 'event.with'") }
        case "for":
            if content["in"]?.stringValue == nil && content["in"]?.arrayValue == nil {
                journal.refuse("\(path)/for/in", "'in' says what to go through")
            }
            tasks(members["do"], at: "\(path)/do", depth: depth + 1)
        case "fork": tasks(content["branches"], at: "\(path)/fork/branches", depth: depth + 1)
        case "listen": listen(content, at: "\(path)/listen")
        case "raise": raise(content["error"], at: "\(path)/raise/error")
        case "run": run(content, at: "\(path)/run")
        case "set":
            if content.objectValue?.isEmpty ?? (content.stringValue == nil) { journal.refuse("\(path)/set", "'set' is an object or an expression") }
        case "switch": cases(content, at: "\(path)/switch", names)
        case "try": attempt(content, members["catch"], at: path, depth: depth)
        default: duration(content, at: "\(path)/wait")
        }
    }

    private mutating func target(_ value: JSONValue?, at path: String, _ names: [String]) {
        guard let value else { return }
        guard let name = value.stringValue, WorkflowFields.directives.contains(name) || names.contains(name) else {
            return journal.refuse(path, "there is no task \(value.encodedString()) beside it, and no such directive")
        }
    }

    private mutating func duration(_ value: JSONValue, at path: String) {
        if let text = value.stringValue, text.isWorkflowExpression { return }
        if WorkflowDuration.seconds(value) == nil { journal.refuse(path, "it is a duration: an object of units, or ISO 8601") }
    }

    private mutating func timeout(_ value: JSONValue?, at path: String) {
        guard let value else { return }
        if let name = value.stringValue { return reference(name, to: "timeouts", at: path) }
        guard let after = value["after"] else { return journal.refuse(path, "a timeout has 'after'") }
        duration(after, at: "\(path)/after")
    }

    private mutating func reference(_ name: String, to kind: String, at path: String) {
        if use[kind]?[name] == nil {
            let known = use[kind]?.objectValue?.keys ?? []
            journal.refuse(path, "'use.\(kind)' has no '\(name)'" + (known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))"))
        }
    }

    private mutating func call(_ value: JSONValue, _ with: JSONValue?, at path: String) {
        guard let name = value.stringValue, !name.isEmpty else { return journal.refuse("\(path)/call", "'call' names what is called") }
        for field in WorkflowFields.required(name) where with?[field] == nil { journal.refuse("\(path)/with", "a call of \(name) needs '\(field)'") }
        if name == "asyncapi", with?["message"] == nil, with?["subscription"] == nil {
            journal.refuse("\(path)/with", "a call of asyncapi has a 'message' or a 'subscription'")
        }
        guard !WorkflowFields.calls.contains(name), !name.contains("@"), !name.contains("://") else { return }
        reference(name, to: "functions", at: "\(path)/call")
    }

    private mutating func listen(_ value: JSONValue, at path: String) {
        let ways = ["one", "any", "all"].filter { value["to"]?[$0] != nil }
        guard ways.count == 1, let way = ways.first else { return journal.refuse("\(path)/to", "it listens to one of 'one', 'any' and 'all'") }
        let filters = way == "one" ? [value["to"]?["one"] ?? .null] : value["to"]?[way]?.arrayValue
        guard let filters else { return journal.refuse("\(path)/to/\(way)", "it is a list of filters") }
        for filter in filters where filter["with"]?.objectValue == nil { journal.refuse("\(path)/to/\(way)", "a filter has 'with'") }
    }

    private mutating func raise(_ value: JSONValue?, at path: String) {
        if let name = value?.stringValue { return reference(name, to: "errors", at: path) }
        for field in ["type", "status"] where value?[field] == nil { journal.refuse(path, "an error has '\(field)'") }
    }

    private mutating func run(_ value: JSONValue, at path: String) {
        let ways = ["container", "script", "shell", "workflow"].filter { value[$0] != nil }
        guard ways.count == 1, let way = ways.first else { return journal.refuse(path, "it runs one of container, script, shell and workflow") }
        let needed = ["container": ["image"], "script": ["language"], "shell": ["command"], "workflow": ["namespace", "name", "version"]][way] ?? []
        for field in needed where value[way]?[field] == nil { journal.refuse("\(path)/\(way)", "a \(way) needs '\(field)'") }
    }

    private mutating func cases(_ value: JSONValue, at path: String, _ names: [String]) {
        guard let list = value.arrayValue, !list.isEmpty else { return journal.refuse(path, "it is a list of cases") }
        for (index, element) in list.enumerated() {
            guard let members = element.objectValue, members.count == 1, let name = members.keys.first, let inner = members[name]?.objectValue else {
                journal.refuse("\(path)/\(index)", "a case is an object with one name")
                continue
            }
            let at = "\(path)/\(index)/\(name.pointerToken)"
            journal.refuseUnknown(inner, known: ["when", "then"], in: "a case", at: at)
            if inner["then"] == nil { journal.refuse(at, "a case needs 'then'") }
            target(inner["then"], at: "\(at)/then", names)
        }
    }

    private mutating func attempt(_ value: JSONValue, _ caught: JSONValue?, at path: String, depth: Int) {
        tasks(value, at: "\(path)/try", depth: depth + 1)
        guard let members = caught?.objectValue else { return journal.refuse(path, "a try needs 'catch'") }
        journal.refuseUnknown(members, known: ["errors", "as", "when", "exceptWhen", "retry", "do"], in: "a catch", at: "\(path)/catch")
        if let name = members["retry"]?.stringValue { reference(name, to: "retries", at: "\(path)/catch/retry") }
        if members["do"] != nil { tasks(members["do"], at: "\(path)/catch/do", depth: depth + 1) }
    }
}

extension String {
    /// `${ … }`.
    var isWorkflowExpression: Bool {
        let text = trimmingSpaces
        return text.hasPrefix("${") && text.hasSuffix("}")
    }
}
