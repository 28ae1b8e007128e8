internal import FlowEngineCore
internal import JSON

/// Turns a process into a draft. Gateways that only bring paths together become nothing: a node may be entered from several sides.
struct BPMNMapper {
    var journal: ImportJournal
    var draft = DraftFlow()
    /// Of messages, signals, errors, escalations and resources, by id.
    private var names: [String: String] = [:]
    private var lanes: [String: String] = [:]
    private var shapes: [String: JSONValue] = [:]
    private var layout = JSONObject()

    init(journal: ImportJournal, definitions: XMLTree) {
        self.journal = journal
        for element in definitions.children {
            if let id = element.attributes["id"] { names[id] = element.attributes["name"] }
        }
        for diagram in definitions.children(named: "BPMNDiagram") { collectShapes(diagram) }
    }

    /// A process or sub-process that is being mapped.
    struct Place {
        let container: BPMNContainer
        /// Where each element's work begins.
        var entries: [String]
        /// What stands behind the whole.
        var exit: String?
        /// What takes the errors of calls: the boundary event of the sub-process around.
        var handler: String?
        /// Where branches are over, by element: the innermost gateway around it.
        var owners: [Int: String] = [:]
        /// Elements that a gateway has taken into itself.
        var absorbed: Set<Int> = []
        var blocks: [Int: (id: String, block: BPMNBlock)] = [:]
    }

    mutating func document(_ process: XMLTree, name: String) -> JSONValue {
        journal.mapped("process", BPMNPaths.path(process), "the flow")
        collectLanes(process)
        var trigger: JSONObject = ["trigger": ["kind": "manual"]]
        let first = container(process, exit: nil, handler: nil) { mapper, start in trigger = mapper.trigger(start) }
        let document = draft.document(
            name: name, title: name, description: process.first("documentation")?.text.trimmingSpaces ?? "", deadline: nil, trigger: trigger,
            next: first, layout: layout)
        let kept = Set((document["nodes"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue })
        journal.settle(kept)
        return document
    }

    private mutating func collectLanes(_ element: XMLTree) {
        for lane in element.children.filter({ ["laneSet", "lane", "childLaneSet"].contains($0.name) }) {
            for reference in lane.children(named: "flowNodeRef") {
                lanes[reference.text.trimmingSpaces] = lane.attributes["name"] ?? lanes[reference.text]
            }
            collectLanes(lane)
        }
    }

    private mutating func collectShapes(_ element: XMLTree) {
        if element.name == "BPMNShape", let of = element.attributes["bpmnElement"], let bounds = element.first("Bounds") {
            let position = ["x", "y"].compactMap { bounds.attributes[$0].flatMap(Double.init) }.map { JSONValue.int(Int64(max(-1e6, min(1e6, $0)))) }
            if position.count == 2 { shapes[of.split(separator: ":").last.map(String.init) ?? of] = ["x": position[0], "y": position[1]] }
        }
        for child in element.children { collectShapes(child) }
    }

    // MARK: Containers

    /// - Returns: Its first node.
    mutating func container(
        _ tree: XMLTree, exit: String?, handler: String?, started: (inout BPMNMapper, XMLTree) -> Void = { _, _ in }
    ) -> String {
        let container = BPMNContainer(tree)
        var place = Place(container: container, entries: container.nodes.map { _ in draft.place() }, exit: exit, handler: handler)
        findBlocks(&place)
        let starts = container.nodes.indices.filter { container.nodes[$0].name == "startEvent" }
        let loose = container.nodes.indices.filter { index in
            container.incoming[index].isEmpty && container.nodes[index].name != "boundaryEvent"
                && container.nodes[index].attributes["triggeredByEvent"] != "true"
        }
        // Blank starts first: a start with an event is for that event.
        let first =
            starts.first { exit != nil && container.nodes[$0].children.allSatisfy { !$0.name.hasSuffix("EventDefinition") } } ?? starts.first
            ?? loose.first
        for index in container.nodes.indices { draft.settle(place.entries[index], at: node(index, place)) }
        guard let first else { return end(of: nil, place) }
        for other in (starts.isEmpty ? loose : starts) where other != first {
            journal.notMapped(
                container.nodes[other].name, BPMNPaths.path(container.nodes[other]),
                "there is one beginning, '\(container.nodes[first].attributes["name"] ?? "")'; make a flow of its own for this one")
        }
        started(&self, container.nodes[first])
        return place.entries[first]
    }

    private mutating func findBlocks(_ place: inout Place) {
        let container = place.container
        var found: [(gateway: Int, block: BPMNBlock)] = []
        for index in container.nodes.indices where container.outgoing[index].count > 1 {
            guard isFork(index, container) else { continue }
            if let block = BPMNBlock.block(at: index, in: container) { found.append((index, block)) }
        }
        // Inner ones last: each element belongs to the innermost.
        for (gateway, block) in found.sorted(by: { $0.block.branches.reduce(0) { $0 + $1.count } > $1.block.branches.reduce(0) { $0 + $1.count } }) {
            let id = draft.id(Self.title(container.nodes[gateway]))
            place.blocks[gateway] = (id, block)
            for branch in block.branches { for node in branch { place.owners[node] = id } }
        }
        for (_, (id, block)) in place.blocks {
            guard let join = block.join else { continue }
            // The join of an inner block lies in a branch of the outer one, which is left alone by it.
            place.absorbed.insert(join)
            draft.settle(place.entries[join], at: id)
        }
    }

    private func isFork(_ index: Int, _ container: BPMNContainer) -> Bool {
        switch container.nodes[index].name {
        case "parallelGateway", "inclusiveGateway": true
        case let name where BPMNElements.gateways.contains(name): false
        default: container.outgoing[index].allSatisfy { $0.condition == nil && !$0.isDefault }
        }
    }

    static func title(_ node: XMLTree) -> String {
        let name = (node.attributes["name"] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return name.isEmpty ? String(node.name) : name
    }

    // MARK: Ways

    /// Where an element's work leads.
    mutating func next(_ index: Int, _ place: Place) -> String {
        let flows = place.container.outgoing[index]
        guard let first = flows.first else { return end(of: index, place) }
        if flows.count == 1 && first.condition == nil { return place.entries[first.target] }
        if place.blocks[index] != nil { return parallel(index, place) }
        return decide(index, place)
    }

    /// Where a path is over: the gateway or sub-process around, or the end of the run.
    mutating func end(of index: Int?, _ place: Place) -> String {
        if let index, let owner = place.owners[index] { return owner }
        if let exit = place.exit { return exit }
        let id = draft.id("done")
        draft.add(id, "end", ["outcome": "success"])
        return id
    }

    mutating func condition(_ text: String, at path: String) -> String {
        do throws(TranslationFailure) { return try ConditionText.cel(text, base: "trigger") } catch {
            journal.notMapped("conditionExpression", path, "\(text.prefix(80)): \(error.reason); publishing refuses it until it is written in CEL")
            return CELSpelling.unmapped(text)
        }
    }

    /// One of several ways.
    mutating func decide(_ index: Int, _ place: Place) -> String {
        let node = place.container.nodes[index]
        let isOwn = BPMNElements.gateways.contains(node.name)
        let id = draft.id(Self.title(node), isOwn ? "" : "_next")
        var branches: [JSONValue] = []
        let flows = place.container.outgoing[index]
        // Without a default, the last way is taken where nothing else holds.
        let hasDefault = flows.contains(where: \.isDefault)
        var otherwise = flows.count == 1 ? end(of: index, place) : place.entries[flows[flows.count - 1].target]
        for (number, flow) in flows.enumerated() {
            let path = BPMNPaths.path(flow.tree)
            if flow.isDefault || (!hasDefault && flow.condition == nil && number + 1 == flows.count && flows.count > 1) {
                otherwise = place.entries[flow.target]
                if flow.isDefault {
                    journal.mapped("sequenceFlow", path, node: id, "the port 'otherwise'")
                } else {
                    journal.approximated("sequenceFlow", path, node: id, "it has no condition: the port 'otherwise', where no other way is taken")
                }
                continue
            }
            var when = CELSpelling.unmapped(flow.name.isEmpty ? "way \(number + 1)" : flow.name)
            if let text = flow.condition {
                when = condition(text, at: path)
                journal.approximated(
                    "sequenceFlow", path, node: id, "variables are read from what started the run; lead them to the step that sets them")
            } else {
                journal.notMapped("sequenceFlow", path, node: id, "it has no condition but its name '\(flow.name)'; write it in CEL")
            }
            branches.append(["title": .string(flow.name), "when": .string(when), "next": .string(place.entries[flow.target])])
        }
        draft.add(id, "decide", title: Self.title(node), ["branches": .array(branches), "otherwise": .string(otherwise)])
        if isOwn { placed(node, id) }
        if !hasDefault, flows.count > 1, flows.last?.condition != nil {
            journal.approximated(node.name, BPMNPaths.path(node), node: id, "without a default, a run that nothing fits ends as failed")
            draft.setOtherwise(of: id, to: draft.failed())
        }
        return id
    }

    /// Several ways at once.
    mutating func parallel(_ index: Int, _ place: Place) -> String {
        guard let (id, block) = place.blocks[index] else { return draft.failed() }
        let node = place.container.nodes[index]
        let isInclusive = node.name == "inclusiveGateway"
        var branches: [JSONValue] = []
        let flows = place.container.outgoing[index]
        let conditions = flows.map { flow -> String? in
            guard isInclusive, !flow.isDefault else { return nil }
            return flow.condition.map { condition($0, at: BPMNPaths.path(flow.tree)) } ?? CELSpelling.unmapped(flow.name)
        }
        for (flow, own) in zip(flows, conditions) {
            var head = flow.target == block.join ? id : place.entries[flow.target]
            var when = own
            if isInclusive, flow.isDefault { when = conditions.compactMap(\.self).map { "!(\($0))" }.joined(separator: " && ") }
            if let when, !when.isEmpty {
                let decide = draft.id("\(id)_way")
                draft.add(decide, "decide", ["branches": [["when": .string(when), "next": .string(head)]], "otherwise": .string(id)])
                head = decide
            }
            if head == id {
                // An empty branch is over at once; a node must stand in it.
                head = draft.id("\(id)_empty")
                draft.add(head, "wait", ["for": "1ms", "on": ["elapsed": .string(id)]])
            }
            branches.append(["title": .string(flow.name), "next": .string(head)])
            journal.mapped("sequenceFlow", BPMNPaths.path(flow.tree), node: id, "a branch")
        }
        let joined = block.join.map { join in
            journal.mapped(place.container.nodes[join].name, BPMNPaths.path(place.container.nodes[join]), node: id, "the port 'joined'")
            return next(join, place)
        }
        // Behind branches that end by themselves there is nothing.
        let after = joined ?? end(of: index, place)
        draft.add(
            id, "parallel", title: Self.title(node),
            ["branches": .array(branches), "on": ["joined": .string(after), "error": .string(place.handler ?? draft.failed())]])
        placed(node, id)
        return id
    }

    // MARK: What every element uses

    mutating func placed(_ node: XMLTree, _ id: String) {
        if let shape = shapes[node.attributes["id"] ?? ""] { layout[id] = shape }
    }

    /// The name of what an event is about.
    func subject(_ definition: XMLTree, _ node: XMLTree) -> String {
        for reference in ["messageRef", "signalRef", "errorRef", "escalationRef"] {
            if let id = definition.attributes[reference]?.split(separator: ":").last, let name = names[String(id)], !name.isEmpty { return name }
        }
        return Self.title(node)
    }

    func role(_ node: XMLTree) -> String {
        for owner in node.children where ["potentialOwner", "humanPerformer", "performer"].contains(owner.name) {
            let reference = owner.first("resourceRef")?.text.trimmingSpaces.split(separator: ":").last.map(String.init)
            if let name = reference.flatMap({ names[$0] }) ?? owner.attributes["name"], !name.isEmpty { return name }
        }
        for (name, value) in node.foreign where name.hasSuffix(":candidateGroups") && !value.isEmpty {
            return String(value.prefix { $0 != "," })
        }
        let lane = lanes[node.attributes["id"] ?? ""] ?? ""
        return lane.isEmpty ? "operator" : lane
    }

    static func slug(_ text: String) -> String {
        let id = text.asNodeID.split(separator: "_").joined(separator: "_")
        return id.isEmpty || !("a"..."z").contains(id.prefix(1)) ? "n_\(id)" : String(id.prefix(48))
    }
}
