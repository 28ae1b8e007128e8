internal import CEL
internal import JSON

/// Reads one node by its type.
struct NodeParser {
    static let types = [
        "trigger", "call", "decide", "parallel", "each", "wait", "approve", "task", "guard", "assign", "subflow", "agent", "end",
    ]

    var reader: FieldReader

    static func parse(_ members: JSONObject, at pointer: String) -> (node: FlowNode?, id: String?, problems: [FlowProblem]) {
        let id = members["id"]?.stringValue
        var parser = NodeParser(reader: FieldReader(members, at: pointer, node: id ?? ""))
        let node = parser.node()
        return (node, id, parser.reader.problems)
    }

    private mutating func node() -> FlowNode? {
        let id = reader.string("id", fix: "give the node an id, for example \"open_issue\"")
        if let id, !id.isNodeID {
            reader.report(
                "'\(id)' is no node id", at: "id",
                fix: "use up to 63 lower-case letters, digits and _, beginning with a letter, so that steps.\(id.asNodeID) is an expression")
        }
        guard let type = reader.string("type", fix: "one of \(Self.types.joined(separator: ", "))") else { return nil }
        guard Self.types.contains(type) else {
            let meant =
                Spelling.nearest(to: type, in: Self.types).map { "did you mean '\($0)'?" } ?? "the types are \(Self.types.joined(separator: ", "))"
            reader.report("there is no node type '\(type)'", at: "type", fix: meant)
            return nil
        }
        // Every field is read before anything is given up, so that what is left over is unknown for sure.
        let kind = kind(of: type)
        let title = Self.titledByTemplate.contains(type) ? nil : reader.optionalString("title")
        reader.refuseUnknownFields()
        guard let kind, let id else { return nil }
        return FlowNode(id: id, title: title ?? reader.members["title"]?.stringValue ?? id.asTitle, kind: kind)
    }

    /// What people are asked has its title resolved for each run.
    private static let titledByTemplate: Set<String> = ["approve", "task"]

    private mutating func kind(of type: String) -> FlowNode.Kind? {
        switch type {
        case "trigger": return trigger().map(FlowNode.Kind.trigger)
        case "call": return call().map(FlowNode.Kind.call)
        case "decide": return decide().map(FlowNode.Kind.decide)
        case "approve": return approve().map(FlowNode.Kind.approve)
        case "task": return task().map(FlowNode.Kind.task)
        case "wait": return wait().map(FlowNode.Kind.wait)
        case "parallel": return parallel().map(FlowNode.Kind.parallel)
        case "each": return each().map(FlowNode.Kind.each)
        case "guard": return policyGuard().map(FlowNode.Kind.guard)
        case "assign": return assign().map(FlowNode.Kind.assign)
        case "subflow": return subflow().map(FlowNode.Kind.subflow)
        case "agent": return agent().map(FlowNode.Kind.agent)
        default: return end().map(FlowNode.Kind.end)
        }
    }

    private mutating func trigger() -> TriggerNode? {
        let members = reader.object("trigger", fix: "say what starts a run: \"trigger\": {\"kind\": \"manual\"}")
        var timing = FlowSchedule.Timing.standard
        let source = if let members { triggerSource(members, &timing) } else { nil as TriggerNode.Source? }
        let filter = reader.optionalCondition("when")
        let input = schema("input")
        guard let next = reader.target("next"), let source else { return nil }
        return TriggerNode(source: source, filter: filter, input: input, timing: timing, next: next)
    }

    private mutating func triggerSource(_ members: JSONObject, _ timing: inout FlowSchedule.Timing) -> TriggerNode.Source? {
        var fields = FieldReader(members, at: reader.at("trigger"), node: reader.node)
        defer { reader.merge(fields) }
        let kinds = "one of webhook, connector, event, schedule, manual, subflow"
        guard let kind = fields.string("kind", fix: kinds) else { return nil }
        var source: TriggerNode.Source?
        switch kind {
        // Both come verified from a connector: a webhook as the vendor's call, an event as the connector found it.
        case "webhook", "connector":
            let connector = fields.string("connector", fix: "name the connector, for example \"github\"")
            let event = fields.string("event", fix: "name the vendor's event, for example \"issues.opened\"")
            if let connector, let event { source = .webhook(connector: connector, event: event) }
        case "event": source = fields.string("event", fix: "name the event, for example \"finops.anomaly.opened\"").map { .event(kind: $0) }
        case "manual": source = .manual
        case "schedule":
            source = schedule(&fields)
            timing = fields.scheduleTiming()
        case "subflow": source = .subflow
        default: fields.report("there is no kind of trigger '\(kind)'", at: "kind", fix: kinds)
        }
        fields.refuseUnknownFields()
        return source
    }

    private func schedule(_ fields: inout FieldReader) -> TriggerNode.Source? {
        guard fields.members["cron"] != nil else { return fields.requiredDuration("every", example: "1h").map { .schedule(every: $0) } }
        let zone = fields.timeZone("timezone")
        return fields.cron("cron").map { .calendar($0, timeZone: zone) }
    }

    mutating func schema(_ field: String) -> FormSchema? {
        guard let members = reader.optionalObject(field, fix: "write a JSON Schema: {\"type\": \"object\", \"properties\": {…}}") else { return nil }
        let schema = FormSchema(members)
        for pointer in schema.unknownKeywords {
            reader.report(
                "the keyword at \(pointer) is not known here", at: field,
                fix: "use type, properties, required, additionalProperties, items, enum, const, and bounds")
        }
        return schema
    }

    private mutating func call() -> CallNode? {
        let operation = reader.string("operation", fix: "name a connector's operation, for example \"jira.issue.create\"")
        let input = reader.objectTemplate("with")
        let timeout = reader.duration("timeout", example: "30s") ?? CallNode.defaultTimeout
        let retry = retry()
        let ttl = reader.duration("approval_ttl", example: "4h") ?? CallNode.defaultApprovalTTL
        let compensation = compensation()
        guard let on = reader.ports(required: ["success", "error"], optional: ["timeout", "denied"]), let operation else { return nil }
        return CallNode(operation: operation, input: input, timeout: timeout, retry: retry, approvalTTL: ttl, compensation: compensation, on: on)
    }

    private mutating func compensation() -> CallNode.Compensation? {
        let example = "write \"compensate\": {\"operation\": \"changes.change.revert\", \"with\": {…}}"
        guard let members = reader.optionalObject("compensate", fix: example) else { return nil }
        var fields = FieldReader(members, at: reader.at("compensate"), node: reader.node)
        let operation = fields.string("operation", fix: "name the operation that takes the call back")
        let input = fields.objectTemplate("with")
        fields.refuseUnknownFields()
        reader.merge(fields)
        return operation.map { CallNode.Compensation(operation: $0, input: input) }
    }

    private mutating func retry() -> CallNode.Retry {
        guard let members = reader.optionalObject("retry", fix: "write \"retry\": {\"attempts\": 3, \"backoff\": \"2s\"}") else { return .none }
        var fields = FieldReader(members, at: reader.at("retry"), node: reader.node)
        let attempts = fields.integer("attempts", in: 1...10) ?? 3
        let backoff = fields.duration("backoff", example: "2s") ?? CallNode.Retry.none.backoff
        fields.refuseUnknownFields()
        reader.merge(fields)
        return CallNode.Retry(attempts: attempts, backoff: backoff)
    }

    private mutating func decide() -> DecideNode? {
        let otherwise = reader.target("otherwise")
        guard let values = reader.value("branches")?.arrayValue, !values.isEmpty else {
            reader.report(
                "'branches' must be a list with at least one branch", at: "branches", fix: "write \"branches\": [{\"when\": \"…\", \"next\": \"…\"}]")
            return nil
        }
        var branches: [DecideNode.Branch] = []
        for (index, value) in values.enumerated() {
            guard let members = value.objectValue else {
                reader.report("branch \(index + 1) must be an object", at: "branches", fix: "write {\"when\": \"…\", \"next\": \"…\"}")
                continue
            }
            var fields = FieldReader(members, at: "\(reader.at("branches"))/\(index)", node: reader.node)
            let condition = fields.condition("when")
            let next = fields.target("next")
            let title = fields.optionalString("title") ?? ""
            fields.refuseUnknownFields()
            reader.merge(fields)
            if let condition, let next { branches.append(DecideNode.Branch(condition: condition, title: title, next: next)) }
        }
        guard let otherwise, branches.count == values.count else { return nil }
        return DecideNode(branches: branches, otherwise: otherwise)
    }

    private mutating func approve() -> ApproveNode? {
        let plan = plan()
        let title = reader.template("title")
        if title == nil { reader.report("'title' is missing", at: "title", fix: "say what is approved, in one line") }
        let inputs = reader.objectTemplate("inputs")
        if inputs.memberNames.isEmpty {
            reader.report(
                "an approval without inputs approves nothing", at: "inputs",
                fix: "list what the approver sees and signs: \"inputs\": {\"target\": \"${…}\"}")
        }
        let excluded = reader.template("exclude") ?? Template(part: .literal([]))
        if let value = reader.members["exclude"], value.arrayValue == nil {
            reader.report("'exclude' must be a list", at: "exclude", fix: "write \"exclude\": [\"${trigger.requested_by}\"]")
        }
        let ttl = reader.requiredDuration("ttl", example: "4h")
        guard let on = reader.ports(required: ApproveNode.ports), let plan, let title, let ttl else { return nil }
        return ApproveNode(role: plan.stages[0].role, plan: plan, title: title, inputs: inputs, excluded: excluded, ttl: ttl, on: on)
    }

    private mutating func task() -> TaskNode? {
        let role = reader.string("role", fix: "name the role that does it, for example \"operator\"")
        let title = reader.template("title")
        if title == nil { reader.report("'title' is missing", at: "title", fix: "say what is to be done, in one line") }
        let inputs = reader.objectTemplate("inputs")
        let form = schema("form")
        let ttl = reader.requiredDuration("ttl", example: "2d")
        guard let on = reader.ports(required: TaskNode.ports), let role, let title, let ttl else { return nil }
        return TaskNode(role: role, title: title, inputs: inputs, form: form, ttl: ttl, on: on)
    }

    private mutating func wait() -> WaitNode? {
        let isForEvent = reader.members["event"] != nil
        for field in isForEvent ? ["for", "until"] : [] where reader.value(field) != nil {
            reader.report("a wait is for time or for an event, not both", at: field, fix: "write the limit of an event's wait as \"timeout\"")
        }
        guard isForEvent else {
            let condition = time()
            guard let on = reader.ports(required: WaitNode.timePorts), let condition else { return nil }
            return WaitNode(condition: condition, on: on)
        }
        let kind = reader.string("event", fix: "name the event, for example \"finops.anomaly.closed\"")
        let match = reader.optionalCondition("match")
        let timeout = reader.requiredDuration("timeout", example: "2h")
        guard let on = reader.ports(required: WaitNode.eventPorts), let kind, let timeout else { return nil }
        return WaitNode(condition: .event(kind: kind, match: match, timeout: timeout), on: on)
    }

    private mutating func time() -> WaitNode.Condition? {
        let text = reader.members["for"]?.stringValue
        if reader.members["until"] != nil {
            if text != nil { reader.report("a wait is for a while or until a moment, not both", at: "for", fix: "remove one of them") }
            _ = reader.value("for")
            guard reader.string("until", fix: "write \"until\": \"${trigger.due}\"") != nil else { return nil }
            return reader.template("until").map(WaitNode.Condition.moment)
        }
        if let text, text.contains("${") { return reader.template("for").map(WaitNode.Condition.computed) }
        return reader.requiredDuration("for", example: "30s").map(WaitNode.Condition.time)
    }

    private mutating func end() -> EndNode? {
        let names = EndNode.Outcome.allCases.map(\.rawValue).joined(separator: ", ")
        let output = reader.objectTemplate("output")
        guard let name = reader.string("outcome", fix: "one of \(names)") else { return nil }
        guard let outcome = EndNode.Outcome(rawValue: name) else {
            reader.report("there is no outcome '\(name)'", at: "outcome", fix: "one of \(names)")
            return nil
        }
        return EndNode(outcome: outcome, output: output)
    }
}
