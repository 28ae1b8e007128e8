internal import FlowEngineCore
internal import JSON

/// Tasks that wait for events.
extension WorkflowMapper {
    /// A kind of event, and the condition on its data.
    ///
    /// - Parameter payload: What the event's data is where the condition stands.
    mutating func event(_ filter: JSONValue, at path: String, node: String, payload: String = "event") -> (kind: String, match: String?) {
        var with = SourceFields(filter["with"], at: "\(path)/with")
        var conditions: [String] = []
        let kind = with.string("type")
        if kind == nil {
            journal.notMapped("event.type", path, node: node, "a wait is for one kind of event; publishing refuses it until it is named")
            conditions.append(CELSpelling.unmapped("any event"))
        } else {
            journal.mapped("event.type", with.at("type"), node: node)
        }
        switch with["data"] {
        case .string(let text)?: conditions.append(expression(text, at: with.at("data"), data: payload))
        case let data?: conditions.append("\(payload) == \(CELSpelling.literal(data))")
        case nil: break
        }
        for field in with.members.keys where !["type", "data"].contains(field) {
            journal.notMapped("event.\(field)", with.at(field), node: node, "an event has a kind and data; compare what stands in the data")
        }
        journal.close(with, "event", node: node)
        for (name, correlation) in filter["correlate"]?.objectValue ?? [:] {
            let at = "\(path)/correlate/\(name.pointerToken)"
            guard let from = correlation["from"]?.stringValue, let expected = correlation["expect"] else {
                journal.notMapped("correlate", at, node: node, "events are not compared with each other; compare with what the run knows, in 'match'")
                continue
            }
            let given = expression(from, at: "\(at)/from", data: payload)
            let wanted = expected.stringValue.map { $0.isWorkflowExpression ? expression($0, at: "\(at)/expect") : CELSpelling.string($0) }
            conditions.append("\(given) == \(wanted ?? CELSpelling.literal(expected))")
            journal.mapped("correlate", at, node: node)
        }
        return (
            kind ?? "unmapped",
            conditions.isEmpty ? nil : conditions.count == 1 ? conditions[0] : conditions.map { "(\($0))" }.joined(separator: " && ")
        )
    }

    mutating func listen(_ task: WorkflowTask, _ place: Place) -> String {
        let to = task.content["to"]
        let way = ["one", "any", "all"].first { to?[$0] != nil } ?? "one"
        let path = "\(task.at("listen/to"))/\(way)"
        var filters = way == "one" ? [to?["one"] ?? .null] : to?[way]?.arrayValue ?? []
        if filters.isEmpty { filters = [["with": [:]]] }
        for field in ["until"] where to?[field] != nil {
            journal.notMapped(
                "listen.until", "\(task.at("listen/to"))/until", node: task.id, "a wait takes one event; put it on a circle to take more")
        }
        for (field, at) in [("foreach", task.at("foreach")), ("foreach", task.at("listen/foreach"))] {
            let value = at == task.at("foreach") ? task.members[field] : task.content[field]
            if value != nil { journal.notMapped("listen.foreach", at, node: task.id, "put what is done for each event behind the wait, on a circle") }
        }
        if let read = task.content["read"], read != "data" {
            journal.notMapped("listen.read", task.at("listen/read"), node: task.id, "a wait gives the event's data")
        }
        if task.limit == nil { journal.approximated("listen", task.at("listen"), node: task.id, "it waits for a year at the most") }
        func element(_ index: Int) -> String { way == "one" || to?[way]?.arrayValue?.isEmpty == true ? path : "\(path)/\(index)" }
        guard filters.count > 1 else {
            let event = event(filters[0], at: element(0), node: task.id)
            let after = draft.assign("\(task.id)_result", [dataName: .string("${[steps.\(task.id).output]}")], next: task.next)
            return waiting(task.id, task, event, next: after, late: failure(task, place))
        }
        var branches: [JSONValue] = []
        for (index, filter) in filters.enumerated() {
            let id = draft.id("\(task.id)_\(index + 1)")
            let event = event(filter, at: element(index), node: id)
            // Inside of a branch there is no way to what stands outside of it.
            branches.append(["next": .string(waiting(id, task, event, next: task.id, late: draft.failed()))])
        }
        var ports: JSONObject = ["error": .string(failure(task, place))]
        let events = way == "any" ? "steps.\(task.id).output.filter(e, e != null)" : "steps.\(task.id).output"
        ports["joined"] = .string(draft.assign("\(task.id)_result", [dataName: .string("${\(events)}")], next: task.next))
        var members: JSONObject = ["branches": .array(branches), "on": .object(ports)]
        if way == "any" { members["needed"] = 1 }
        draft.add(task.id, "parallel", title: task.name, members)
        journal.mapped("listen.\(way)", path, node: task.id, "a branch for each event")
        return task.id
    }

    private mutating func waiting(_ id: String, _ task: WorkflowTask, _ event: (kind: String, match: String?), next: String, late: String) -> String {
        var members: JSONObject = ["event": .string(event.kind), "timeout": .string(task.limit ?? "366d")]
        members["match"] = event.match.map(JSONValue.string)
        members["on"] = ["event": .string(next), "timeout": .string(late)]
        draft.add(id, "wait", title: task.name, members)
        return id
    }

    /// A subscription to a channel is a wait for its message.
    mutating func subscribe(_ task: WorkflowTask, _ given: SourceFields, _ place: Place) -> String {
        var with = given
        var subscription = SourceFields(with["subscription"], at: with.at("subscription"))
        let name = with.string("operation") ?? with.string("channel") ?? "message"
        var match: String?
        if let filter = subscription.string("filter") { match = expression(filter, at: subscription.at("filter"), data: "event") }
        for field in ["consume", "foreach"] where subscription[field] != nil {
            journal.notMapped(
                "subscription.\(field)", subscription.at(field), node: task.id, "one message is taken; put the wait on a circle to take more")
        }
        for field in ["document", "server", "authentication", "protocol"] where with[field] != nil {
            journal.notMapped("call.\(field)", with.at(field), node: task.id, "where messages come from is the connector's business")
        }
        journal.close(subscription, "subscription", node: task.id)
        journal.close(with, "call.with", node: task.id)
        journal.approximated(
            "call", task.at("call"), node: task.id, "a wait for the event 'asyncapi.\(name)'" + (task.limit == nil ? ", for a year at the most" : ""))
        let after = draft.assign("\(task.id)_result", [dataName: .string("${[steps.\(task.id).output]}")], next: task.next)
        return waiting(task.id, task, ("asyncapi.\(name)", match), next: after, late: failure(task, place))
    }
}
