internal import FlowEngineCore
internal import JSON

extension BPMNMapper {
    /// - Returns: The element's first node, or what it leads to where it is none of its own.
    mutating func node(_ index: Int, _ place: Place) -> String {
        let node = place.container.nodes[index]
        let path = BPMNPaths.path(node)
        guard !place.absorbed.contains(index) else { return place.blocks.values.first { $0.block.join == index }?.id ?? draft.failed() }
        if node.attributes["triggeredByEvent"] == "true" {
            journal.notMapped(
                node.name, path, "nothing happens beside the run when an event comes; make a flow of its own with this event as trigger")
            return place.exit ?? draft.failed()
        }
        switch node.name {
        case "startEvent":
            if place.exit != nil { journal.mapped(node.name, path, "its sub-process begins behind it") }
            return next(index, place)
        case "exclusiveGateway", "complexGateway":
            if place.container.outgoing[index].count > 1 {
                if node.name == "complexGateway" { journal.notMapped(node.name, path, "its activation condition; a decide takes one way") }
                let id = decide(index, place)
                if !journal.knows(path) { journal.mapped(node.name, path, node: id) }
                return id
            }
            journal.mapped(node.name, path, "paths meet in the node behind it")
            return next(index, place)
        case "parallelGateway", "inclusiveGateway": return gateway(index, place)
        case "eventBasedGateway": return race(index, place)
        case "boundaryEvent": return boundary(index, place)
        case "endEvent", "intermediateThrowEvent": return thrown(index, place)
        case "intermediateCatchEvent", "receiveTask": return caught(index, place)
        default: return activity(index, place)
        }
    }

    private mutating func gateway(_ index: Int, _ place: Place) -> String {
        let node = place.container.nodes[index]
        let path = BPMNPaths.path(node)
        if place.container.outgoing[index].count <= 1 {
            if place.container.incoming[index].count > 1 {
                journal.notMapped(
                    node.name, path,
                    "what it waits for does not begin at one gateway: whoever comes first goes on; lay the branches out between two gateways")
            } else {
                journal.mapped(node.name, path, "it has one way in and one way out")
            }
            return next(index, place)
        }
        guard place.blocks[index] != nil else {
            journal.notMapped(
                node.name, path,
                "its branches cross, or go on in different places; publishing refuses the decide that stands for it: lay them out between two gateways"
            )
            return decide(index, place)
        }
        let id = parallel(index, place)
        journal.mapped(node.name, path, node: id)
        return id
    }

    // MARK: Activities

    private mutating func activity(_ index: Int, _ place: Place) -> String {
        let node = place.container.nodes[index]
        let title = Self.title(node)
        let id = draft.id(title)
        var after = next(index, place)
        var isRepeated = false
        var entry = id
        var place = place
        if let loop = node.first("multiInstanceLoopCharacteristics") {
            let each = draft.id("\(id)_each")
            repeated(each, id, loop, node, next: after, place)
            (after, isRepeated, entry) = (each, true, each)
            // What happens to an element stays in its body.
            place.handler = nil
        } else if let loop = node.first("standardLoopCharacteristics") {
            let decide = draft.id("\(id)_again")
            let text = loop.first("loopCondition")?.text.trimmingSpaces ?? ""
            let when = text.isEmpty ? CELSpelling.unmapped("again") : condition(text, at: BPMNPaths.path(node))
            draft.add(decide, "decide", ["branches": [["when": .string(when), "next": .string(id)]], "otherwise": .string(after)])
            journal.approximated("standardLoopCharacteristics", BPMNPaths.path(loop), node: decide, "asked after each round")
            after = decide
        }
        placed(node, id)
        switch node.name {
        case "task", "userTask", "manualTask": person(id, node, index, next: after, place, isRepeated)
        case "callActivity": subflow(id, node, index, next: after, place, isRepeated)
        case "subProcess", "transaction", "adHocSubProcess":
            let inner = subprocess(id, node, index, next: after, place, isRepeated)
            if !isRepeated { entry = inner } else { draft.setBody(of: entry, to: inner) }
            draft.settleName(id, at: inner)
        default: service(id, node, index, next: after, place, isRepeated)
        }
        return entry
    }

    private mutating func repeated(_ id: String, _ body: String, _ loop: XMLTree, _ node: XMLTree, next: String, _ place: Place) {
        let isSequential = loop.attributes["isSequential"] == "true"
        let collection = loop.foreign.first { $0.key.hasSuffix(":collection") }?.value ?? ""
        var items = CELSpelling.unmapped("the elements of \(Self.title(node))")
        if !collection.isEmpty { items = condition(collection, at: BPMNPaths.path(node)) }
        let element = loop.foreign.first { $0.key.hasSuffix(":elementVariable") }?.value.asNodeID ?? "item"
        draft.add(
            id, "each", title: Self.title(node),
            [
                "items": .string("${\(items)}"), "as": .string(element.isNodeID ? element : "item"), "do": .string(body),
                "concurrency": .int(isSequential ? 1 : 10),
                "on": ["done": .string(next), "error": .string(place.handler ?? draft.failed())],
            ])
        if collection.isEmpty {
            journal.notMapped(loop.name, BPMNPaths.path(loop), node: id, "the diagram does not say what the elements are; write 'items'")
        } else {
            journal.approximated(loop.name, BPMNPaths.path(loop), node: id, isSequential ? "one at a time" : "ten at a time")
        }
        for condition in loop.children where condition.name == "completionCondition" {
            journal.notMapped(condition.name, BPMNPaths.path(condition), node: id, "every element is gone through")
        }
    }

    private mutating func person(_ id: String, _ node: XMLTree, _ index: Int, next: String, _ place: Place, _ isRepeated: Bool) {
        let timer = takeTimer(of: index, place, isRepeated, id)
        let role = role(node)
        draft.add(
            id, "task",
            [
                "title": .string(Self.title(node).escapedForTemplate), "role": .string(role), "inputs": [:], "ttl": .string(timer?.span ?? "30d"),
                "on": ["completed": .string(next), "timeout": .string(timer?.target ?? draft.failed())],
            ])
        let limit = timer == nil ? "; it waits for 30 days at the most" : ""
        journal.approximated(node.name, BPMNPaths.path(node), node: id, "a task of the role '\(role)', without a form\(limit)")
    }

    private mutating func service(_ id: String, _ node: XMLTree, _ index: Int, next: String, _ place: Place, _ isRepeated: Bool) {
        let operation = "service.\(Self.slug(Self.title(node))).run"
        var members: JSONObject = ["operation": .string(operation), "with": ["input": "${trigger}"]]
        if let script = node.first("script") {
            members["with"] = ["input": "${trigger}", "script": .string(script.text.escapedForTemplate)]
            journal.mapped("script", BPMNPaths.path(script), node: id)
        }
        var ports: JSONObject = ["success": .string(next), "error": .string(errorTarget(of: index, place, isRepeated, id) ?? draft.failed())]
        if let timer = takeTimer(of: index, place, isRepeated, id) {
            members["timeout"] = .string(timer.span)
            ports["timeout"] = .string(timer.target)
        }
        members["on"] = .object(ports)
        draft.add(id, "call", title: Self.title(node), members)
        journal.approximated(node.name, BPMNPaths.path(node), node: id, "an operation '\(operation)' of a connector is needed")
    }

    private mutating func subflow(_ id: String, _ node: XMLTree, _ index: Int, next: String, _ place: Place, _ isRepeated: Bool) {
        let called = node.attributes["calledElement"]?.split(separator: ":").last.map(String.init) ?? ""
        let name = DraftFlow.flowName(called.isEmpty ? Self.title(node) : called)
        var members: JSONObject = ["flow": .string(name)]
        var ports: JSONObject = ["success": .string(next), "error": .string(errorTarget(of: index, place, isRepeated, id) ?? draft.failed())]
        if let timer = takeTimer(of: index, place, isRepeated, id) {
            members["timeout"] = .string(timer.span)
            ports["timeout"] = .string(timer.target)
        }
        members["on"] = .object(ports)
        draft.add(id, "subflow", title: Self.title(node), members)
        journal.approximated(node.name, BPMNPaths.path(node), node: id, "import '\(name)' too, and lock it by the version's hash")
    }

    private mutating func subprocess(_ id: String, _ node: XMLTree, _ index: Int, next: String, _ place: Place, _ isRepeated: Bool) -> String {
        let path = BPMNPaths.path(node)
        let handler = errorTarget(of: index, place, isRepeated, id)
        let inner = container(node, exit: next, handler: handler)
        switch node.name {
        case "adHocSubProcess": journal.notMapped(node.name, path, "the order is free there; here what follows its first element runs")
        case "transaction":
            journal.approximated(node.name, path, "its elements stand in the flow; give the calls that must be taken back a 'compensate'")
        default: journal.mapped(node.name, path, "its elements stand in the flow")
        }
        return inner
    }
}
