/// Definitions of BPMN 2.0.
enum BPMN {
    static let namespace = "http://www.omg.org/spec/BPMN/20100524/MODEL"

    /// - Parameter process: The id or name of the process; nil for the first that has something to do.
    static func importing(_ root: XMLTree, name: String, process wanted: String?) -> ImportedFlow {
        var journal = ImportJournal(lines: BPMNPaths.lines(of: root))
        guard root.name == "definitions", root.namespace == namespace else {
            journal.refuse("", "the root is <\(root.name)>, and not the <definitions> of BPMN 2.0")
            return ImportedFlow(document: nil, report: journal.report)
        }
        let processes = root.children(named: "process")
        let chosen = processes.first { process in
            if let wanted { return process.attributes["id"] == wanted || process.attributes["name"] == wanted }
            return process.children.contains { BPMNElements.flowNodes.contains($0.name) }
        }
        guard let chosen else {
            let known = processes.compactMap { $0.attributes["id"] }.joined(separator: ", ")
            journal.refuse("", wanted.map { "there is no process '\($0)'; there are \(known)" } ?? "no process has anything to do")
            return ImportedFlow(document: nil, report: journal.report)
        }
        BPMNCheck.check(chosen, &journal)
        guard !journal.isRefused else { return ImportedFlow(document: nil, report: journal.report) }
        var mapper = BPMNMapper(journal: journal, definitions: root)
        let document = mapper.document(chosen, name: chosen.attributes["name"] ?? name)
        BPMNRemainder.tell(root, chosen, &mapper.journal)
        return ImportedFlow(document: document, report: mapper.journal.report)
    }
}

/// How the report names an element.
enum BPMNPaths {
    static func path(_ element: XMLTree) -> String {
        "\(element.name)[\(element.attributes["id"] ?? element.attributes["name"] ?? "line \(element.line)")]"
    }

    static func lines(of root: XMLTree) -> SourceLines {
        var lines: SourceLines = [:]
        var open = [root]
        while let element = open.popLast() {
            lines[path(element)] = element.line
            open += element.children
        }
        return lines
    }
}

enum BPMNElements {
    static let activities: Set<String> = [
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess",
        "transaction", "adHocSubProcess",
    ]
    static let gateways: Set<String> = ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"]
    static let events: Set<String> = ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"]
    static let flowNodes = activities.union(gateways).union(events)
    static let containers: Set<String> = ["subProcess", "transaction", "adHocSubProcess"]
}

/// Whether a process holds together: every fault is noted.
enum BPMNCheck {
    static func check(_ process: XMLTree, _ journal: inout ImportJournal) {
        var ids: Set<String> = []
        collect(process, &ids, &journal)
        references(process, &journal, depth: 0)
    }

    private static func collect(_ element: XMLTree, _ ids: inout Set<String>, _ journal: inout ImportJournal) {
        for child in element.children where child.namespace == BPMN.namespace {
            if let id = child.attributes["id"], !ids.insert(id).inserted { journal.refuse(BPMNPaths.path(child), "the id '\(id)' stands twice") }
            collect(child, &ids, &journal)
        }
    }

    private static func references(_ container: XMLTree, _ journal: inout ImportJournal, depth: Int) {
        let nodes = container.children.filter { BPMNElements.flowNodes.contains($0.name) }
        let ids = Set(nodes.compactMap { $0.attributes["id"] })
        for node in nodes where node.attributes["id"] == nil { journal.refuse(BPMNPaths.path(node), "it has no id") }
        for flow in container.children(named: "sequenceFlow") {
            for end in ["sourceRef", "targetRef"] where !ids.contains(flow.attributes[end] ?? "") {
                journal.refuse(BPMNPaths.path(flow), "\(end) leads to '\(flow.attributes[end] ?? "")', which is no element of the same process")
            }
        }
        for node in nodes {
            if node.name == "boundaryEvent", !ids.contains(node.attributes["attachedToRef"] ?? "") {
                journal.refuse(BPMNPaths.path(node), "attachedToRef leads to '\(node.attributes["attachedToRef"] ?? "")', which is not there")
            }
            if BPMNElements.containers.contains(node.name) { references(node, &journal, depth: depth + 1) }
        }
    }
}
