internal import FlowEngineCore
internal import JSON

extension BPMNMapper {
    private static func definition(_ node: XMLTree) -> XMLTree? { node.children.first { $0.name.hasSuffix("EventDefinition") } }

    mutating func trigger(_ node: XMLTree) -> JSONObject {
        let path = BPMNPaths.path(node)
        let manual: JSONObject = ["trigger": ["kind": "manual"]]
        placed(node, "start")
        guard node.name == "startEvent", let definition = Self.definition(node) else {
            if node.name == "startEvent" { journal.mapped(node.name, path, node: "start", "a person starts the run") }
            return manual
        }
        switch definition.name {
        case "messageEventDefinition", "signalEventDefinition":
            let kind = "\(definition.name == "signalEventDefinition" ? "signal" : "message").\(Self.slug(subject(definition, node)))"
            journal.approximated(node.name, path, node: "start", "the event '\(kind)'")
            return ["trigger": ["kind": "event", "event": .string(kind)]]
        case "timerEventDefinition":
            let cycle = definition.first("timeCycle")?.text.trimmingSpaces ?? ""
            if let text = cycle.split(separator: "/").last, let every = ISODuration.seconds(String(text)).flatMap(DraftFlow.duration) {
                let note = cycle.hasPrefix("R/") || !cycle.contains("/") ? "" : "how often, and since when, has no equal"
                if note.isEmpty { journal.mapped(node.name, path, node: "start") } else { journal.approximated(node.name, path, node: "start", note) }
                return ["trigger": ["kind": "schedule", "every": .string(every)]]
            }
            journal.notMapped(node.name, path, node: "start", "it is no interval; write a calendar: {\"kind\": \"schedule\", \"cron\": …}")
        default: journal.notMapped(node.name, path, node: "start", "a run is not started by a \(definition.name); a person starts it")
        }
        return manual
    }

    /// How long a timer runs; nil where the diagram does not say.
    private func span(_ definition: XMLTree) -> String? {
        definition.first("timeDuration").flatMap { ISODuration.seconds($0.text.trimmingSpaces) }.flatMap(DraftFlow.duration)
    }

    // MARK: Events that are waited for

    mutating func caught(_ index: Int, _ place: Place) -> String {
        let node = place.container.nodes[index]
        let path = BPMNPaths.path(node)
        let definition = Self.definition(node)
        // What stands behind an event-based gateway is mapped with it.
        let sources = place.container.incoming[index]
        if !sources.isEmpty, sources.allSatisfy({ place.container.nodes[$0].name == "eventBasedGateway" }) { return draft.failed() }
        if definition?.name == "linkEventDefinition" {
            let name = definition?.attributes["name"]
            journal.mapped(node.name, path, "the link '\(name ?? "")'")
            return next(index, place)
        }
        let id = draft.id(Self.title(node))
        placed(node, id)
        let after = next(index, place)
        if let definition, definition.name == "timerEventDefinition" {
            timed(id, node, definition, next: after)
            return id
        }
        let timer = node.name == "receiveTask" ? takeTimer(of: index, place, false, id) : nil
        awaited(id, node, definition, next: after, span: timer?.span ?? "366d", late: timer?.target ?? draft.failed())
        if timer == nil { journal.approximated(node.name, path, node: id, "it waits for a year at the most") }
        return id
    }

    private mutating func timed(_ id: String, _ node: XMLTree, _ definition: XMLTree, next: String) {
        let path = BPMNPaths.path(node)
        var members: JSONObject = ["on": ["elapsed": .string(next)]]
        if let span = span(definition) {
            members["for"] = .string(span)
            journal.mapped(node.name, path, node: id)
        } else if let date = definition.first("timeDate")?.text.trimmingSpaces, !date.isEmpty, !date.contains("{") {
            members["until"] = .string(date)
            journal.approximated(node.name, path, node: id, "the moment must be written as RFC 3339")
        } else {
            members["for"] = .string("${\(CELSpelling.unmapped("the time of \(Self.title(node))"))}")
            journal.notMapped(
                node.name, path, node: id, "the diagram does not say how long, or computes it; publishing refuses it until it is written")
        }
        draft.add(id, "wait", title: Self.title(node), members)
    }

    private mutating func awaited(_ id: String, _ node: XMLTree, _ definition: XMLTree?, next: String, span: String, late: String) {
        var members: JSONObject = ["timeout": .string(span), "on": ["event": .string(next), "timeout": .string(late)]]
        let path = BPMNPaths.path(node)
        switch definition?.name {
        case "messageEventDefinition", nil, "signalEventDefinition":
            let kind =
                "\(definition?.name == "signalEventDefinition" ? "signal" : "message").\(Self.slug(definition.map { subject($0, node) } ?? Self.title(node)))"
            members["event"] = .string(kind)
            journal.approximated(node.name, path, node: id, "the event '\(kind)'; say in 'match' which run it is for")
        case let name?:
            members["event"] = "unmapped"
            members["match"] = .string(CELSpelling.unmapped("\(name) of \(Self.title(node))"))
            journal.notMapped(node.name, path, node: id, "a \(name) is not waited for; publishing refuses it until an event is named")
        }
        draft.add(id, "wait", title: Self.title(node), members)
    }

    /// Whatever comes first.
    mutating func race(_ index: Int, _ place: Place) -> String {
        let container = place.container
        let node = container.nodes[index]
        let path = BPMNPaths.path(node)
        let targets = container.outgoing[index].map(\.target)
        let timers = targets.filter { Self.definition(container.nodes[$0])?.name == "timerEventDefinition" }
        let others = targets.filter { !timers.contains($0) }
        if others.count == 1, timers.count == 1, let span = Self.definition(container.nodes[timers[0]]).flatMap(span) {
            let event = container.nodes[others[0]]
            let id = draft.id(Self.title(event))
            placed(event, id)
            awaited(id, event, Self.definition(event), next: next(others[0], place), span: span, late: next(timers[0], place))
            journal.mapped(container.nodes[timers[0]].name, BPMNPaths.path(container.nodes[timers[0]]), node: id, "the port 'timeout'")
            journal.mapped(node.name, path, node: id)
            return id
        }
        let id = draft.id(Self.title(node))
        placed(node, id)
        var branches: [JSONValue] = []
        var ways: [JSONValue] = []
        var last = draft.failed()
        for (number, target) in targets.enumerated() {
            let event = container.nodes[target]
            let wait = draft.id(Self.title(event))
            let picked = draft.assign("\(id)_picked", ["\(id)": .int(Int64(number + 1))], next: id)
            if let definition = Self.definition(event), definition.name == "timerEventDefinition" {
                timed(wait, event, definition, next: picked)
            } else {
                awaited(wait, event, Self.definition(event), next: picked, span: "366d", late: draft.failed())
            }
            branches.append(["next": .string(wait)])
            last = next(target, place)
            ways.append(["title": .string(Self.title(event)), "when": .string("vars.\(id) == \(number + 1)"), "next": .string(last)])
        }
        let which = draft.id("\(id)_which")
        draft.add(which, "decide", ["branches": .array(Array(ways.dropLast())), "otherwise": .string(last)])
        draft.add(
            id, "parallel", title: Self.title(node),
            ["branches": .array(branches), "needed": 1, "on": ["joined": .string(ways.count > 1 ? which : last), "error": .string(draft.failed())]])
        journal.mapped(node.name, path, node: id, "a branch for each event, of which one is needed")
        return draft.assign("\(id)_none", ["\(id)": 0], next: id)
    }

    // MARK: Events that are thrown

    mutating func thrown(_ index: Int, _ place: Place) -> String {
        let node = place.container.nodes[index]
        let path = BPMNPaths.path(node)
        let definition = Self.definition(node)
        let isEnd = node.name == "endEvent"
        switch definition?.name {
        case "errorEventDefinition"?:
            if let handler = place.handler {
                journal.mapped(node.name, path, "it leads to the event on the edge of the sub-process")
                return handler
            }
            let id = draft.id(Self.title(node))
            draft.add(
                id, "end", title: Self.title(node),
                ["outcome": "failure", "output": ["error": .string(definition.map { subject($0, node).escapedForTemplate } ?? "")]])
            placed(node, id)
            journal.mapped(node.name, path, node: id)
            return id
        case "messageEventDefinition"?, "signalEventDefinition"?, "escalationEventDefinition"?:
            let kind = String(definition?.name.dropLast("EventDefinition".count) ?? "")
            let id = draft.id(Self.title(node), isEnd ? "_send" : "")
            let name = definition.map { subject($0, node) } ?? ""
            let after = isEnd ? finish(index, place) : next(index, place)
            draft.add(
                id, "call", title: Self.title(node),
                [
                    "operation": "events.event.publish", "with": ["kind": .string("\(kind).\(Self.slug(name))"), "data": "${trigger}"],
                    "on": ["success": .string(after), "error": .string(place.handler ?? draft.failed())],
                ])
            journal.approximated(node.name, path, node: id, "an operation 'events.event.publish' of a connector is needed")
            return id
        case "terminateEventDefinition"?:
            let after = finish(index, place)
            let isInside = place.owners[index] != nil || place.exit != nil
            journal.approximated(node.name, path, isInside ? "what is under way beside it goes on" : "the run ends")
            return after
        case let name? where name != "linkEventDefinition":
            journal.notMapped(node.name, path, "a \(name) is not thrown; the run goes on behind it")
            return isEnd ? finish(index, place) : next(index, place)
        case "linkEventDefinition"?:
            let name = definition?.attributes["name"]
            let target = place.container.nodes.indices.first {
                place.container.nodes[$0].name == "intermediateCatchEvent"
                    && Self.definition(place.container.nodes[$0])?.name == "linkEventDefinition"
                    && Self.definition(place.container.nodes[$0])?.attributes["name"] == name
            }
            guard let target else {
                journal.notMapped(node.name, path, "there is no event that the link '\(name ?? "")' leads to")
                return draft.failed()
            }
            journal.mapped(node.name, path, "the link '\(name ?? "")'")
            return place.entries[target]
        default:
            if isEnd {
                let after = finish(index, place)
                journal.mapped(node.name, path, node: place.owners[index] == nil && place.exit == nil ? after : "", "")
                return after
            }
            journal.mapped(node.name, path, "it does nothing")
            return next(index, place)
        }
    }

    private mutating func finish(_ index: Int, _ place: Place) -> String {
        guard place.owners[index] == nil, place.exit == nil else { return end(of: index, place) }
        let node = place.container.nodes[index]
        let id = draft.id(Self.title(node))
        draft.add(id, "end", title: Self.title(node), ["outcome": "success"])
        placed(node, id)
        return id
    }

    // MARK: Events on the edge

    /// They are taken by their activity; whatever is not is said here.
    mutating func boundary(_ index: Int, _ place: Place) -> String { next(index, place) }

    private func isInterrupting(_ node: XMLTree) -> Bool { node.attributes["cancelActivity"] != "false" }

    mutating func takeTimer(of host: Int, _ place: Place, _ isRepeated: Bool, _ id: String) -> (span: String, target: String)? {
        var taken: (span: String, target: String)?
        for index in place.container.boundaries[host] {
            let node = place.container.nodes[index]
            guard let definition = Self.definition(node), definition.name == "timerEventDefinition" else {
                edge(
                    node, definition: Self.definition(node)?.name, id,
                    isErrorTaken: !["task", "userTask", "manualTask"].contains(place.container.nodes[host].name))
                continue
            }
            if let span = span(definition), isInterrupting(node), !isRepeated, taken == nil {
                taken = (span, place.entries[index])
                journal.mapped(node.name, BPMNPaths.path(node), node: id, "the port 'timeout'")
            } else {
                let reason =
                    isRepeated ? "it would leave the body" : isInterrupting(node) ? "it does not say how long" : "the activity would go on beside it"
                journal.notMapped(node.name, BPMNPaths.path(node), node: id, "\(reason); write a limit, or a parallel with a wait")
            }
        }
        return taken
    }

    mutating func errorTarget(of host: Int, _ place: Place, _ isRepeated: Bool, _ id: String) -> String? {
        let isContainer = BPMNElements.containers.contains(place.container.nodes[host].name)
        var target = place.handler
        for index in place.container.boundaries[host] {
            let node = place.container.nodes[index]
            let name = Self.definition(node)?.name
            if name == "errorEventDefinition", !isRepeated {
                target = place.entries[index]
                journal.approximated(
                    node.name, BPMNPaths.path(node), node: isContainer ? "" : id, "every error of the calls leads here, whatever its code")
            } else if isContainer {
                edge(node, definition: name, "", isErrorTaken: false)
            }
        }
        return target
    }

    private mutating func edge(_ node: XMLTree, definition: String?, _ id: String, isErrorTaken: Bool) {
        if definition == "errorEventDefinition", isErrorTaken { return }
        journal.notMapped(
            node.name, BPMNPaths.path(node), node: id,
            "a \(definition ?? "event") on the edge has no port; put a parallel around, with a wait for the event in a branch, and one needed")
    }
}
