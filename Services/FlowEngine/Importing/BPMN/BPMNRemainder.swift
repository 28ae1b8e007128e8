internal import JSON

/// Says of every element that has no finding yet what became of it.
enum BPMNRemainder {
    private static let reasons: [String: String] = [
        "documentation": "nodes have no comments", "ioSpecification": "expressions read what steps have left behind",
        "dataInputAssociation": "expressions read what steps have left behind",
        "dataOutputAssociation": "expressions read what steps have left behind",
        "dataObject": "expressions read what steps have left behind", "dataObjectReference": "expressions read what steps have left behind",
        "dataStore": "data lives behind a connector", "dataStoreReference": "data lives behind a connector",
        "property": "variables are set by assign",
        "textAnnotation": "drawings have no equal", "association": "drawings have no equal", "group": "drawings have no equal",
        "category": "drawings have no equal", "messageFlow": "a flow does not see other flows: publish an event and wait for it",
        "extensionElements": "an extension of another tool", "collaboration": "a document is one flow: import each process by itself",
        "participant": "a document is one flow: import each process by itself", "import": "nothing is read from elsewhere",
        "itemDefinition": "values are JSON", "interface": "operations come from the connectors", "globalTask": "import it as a flow of its own",
        "correlationProperty": "say in 'match' which run an event is for", "relationship": "drawings have no equal",
    ]
    private static let parts: Set<String> = [
        "incoming", "outgoing", "conditionExpression", "flowNodeRef", "laneSet", "lane", "childLaneSet", "potentialOwner", "humanPerformer",
        "performer",
        "resourceRef", "resourceAssignmentExpression", "timeDuration", "timeDate", "timeCycle", "script", "loopCondition", "loopCardinality",
        "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "condition", "startEvent", "BPMNDiagram",
    ]
    private static let named: Set<String> = ["message", "signal", "error", "escalation", "resource", "endPoint"]
    private static let plainAttributes: Set<String> = [
        "id", "name", "sourceRef", "targetRef", "attachedToRef", "cancelActivity", "default", "calledElement", "isSequential", "messageRef",
        "signalRef",
        "errorRef", "escalationRef", "gatewayDirection", "isExecutable", "processType", "isClosed", "triggeredByEvent", "implementation",
        "scriptFormat",
        "isInterrupting", "parallelMultiple", "isImmediate", "textFormat", "eventGatewayType", "ordering", "language", "definitionalCollaborationRef",
    ]
    private static let defaults = ["completionQuantity": "1", "startQuantity": "1", "isForCompensation": "false", "instantiate": "false"]

    static func tell(_ root: XMLTree, _ process: XMLTree, _ journal: inout ImportJournal) {
        for child in root.children {
            if child.name == "process", BPMNPaths.path(child) != BPMNPaths.path(process) {
                tellAll(child, "another process: import it by itself with --process \(child.attributes["id"] ?? "")", &journal)
            } else {
                tell(child, inside: nil, &journal)
            }
        }
    }

    private static func tellAll(_ element: XMLTree, _ reason: String, _ journal: inout ImportJournal) {
        journal.notMapped(element.name, BPMNPaths.path(element), reason)
        for child in element.children where child.namespace == BPMN.namespace && !["incoming", "outgoing"].contains(child.name) {
            tellAll(child, reason, &journal)
        }
    }

    /// - Parameter inside: The element around, by its path.
    private static func tell(_ element: XMLTree, inside: String?, _ journal: inout ImportJournal) {
        let path = BPMNPaths.path(element)
        attributes(element, path, &journal)
        if !journal.knows(path) {
            if element.name == "BPMNDiagram" {
                return journal.approximated(
                    element.name, path, "positions became the layout; edges, labels and colours are drawn anew (\(element.size) elements)")
            }
            if let reason = reasons[element.name] {
                // What is inside of it has no other fate.
                return journal.notMapped(element.name, path, reason + (element.size > 1 ? " (\(element.size) elements)" : ""))
            }
            if element.name == "sequenceFlow" {
                journal.mapped(element.name, path, "\(element.attributes["sourceRef"] ?? "") leads to \(element.attributes["targetRef"] ?? "")")
            } else if named.contains(element.name) {
                journal.mapped(element.name, path, "its name is used where it is referred to")
            } else if parts.contains(element.name) || element.name.hasSuffix("EventDefinition") {
                journal.mapped(element.name, path, inside.map { "part of \($0)" } ?? "")
            } else {
                return journal.notMapped(element.name, path, "the importer does not know this element (\(element.size) elements)")
            }
        }
        for child in element.children { tell(child, inside: path, &journal) }
    }

    private static func attributes(_ element: XMLTree, _ path: String, _ journal: inout ImportJournal) {
        guard BPMNElements.flowNodes.contains(element.name) else { return }
        for (name, value) in element.attributes.sorted(by: { $0.key < $1.key }) where !plainAttributes.contains(name) && defaults[name] != value {
            journal.notMapped("@\(name)", "\(path)@\(name)", "\"\(value.prefix(80))\" has no equal")
        }
        for (name, value) in element.foreign.sorted(by: { $0.key < $1.key }) where !name.hasSuffix(":candidateGroups") {
            journal.notMapped("@\(name)", "\(path)@\(name)", "\"\(value.prefix(80))\": an extension of another tool")
        }
    }
}

extension XMLTree {
    /// Elements, with itself.
    fileprivate var size: Int { children.reduce(1) { $0 + $1.size } }
}
