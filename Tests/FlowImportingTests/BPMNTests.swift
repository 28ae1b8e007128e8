import FlowEngineCore
import FlowImporting
import JSON
import Testing

/// Diagrams: what they become, what the report says, and what is refused.
@Suite struct BPMNTests {
    private static func diagram(_ process: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="urn:x" id="d">
        <message id="m1" name="Order paid"/>
        <process id="p" name="Order">\(process)</process>
        </definitions>
        """
    }

    private static func flows(_ pairs: String) -> String {
        pairs.split(separator: " ").enumerated().map { index, pair in
            let ends = pair.split(separator: ">")
            return "<sequenceFlow id=\"f\(index)\" sourceRef=\"\(ends[0])\" targetRef=\"\(ends[1])\"/>"
        }.joined()
    }

    private static func read(_ process: String) throws -> ImportedFlow { try FlowImporter.importing(Array(diagram(process).utf8), name: "file") }

    private static func nodes(_ flow: ImportedFlow) -> [JSONValue] { flow.document?["nodes"]?.arrayValue ?? [] }

    private static func faults(_ flow: ImportedFlow) throws -> [FlowProblem] {
        FlowParser.parse(try #require(flow.document), engine: .everything).problems.filter {
            $0.severity == .error && !$0.message.contains("'unmapped'")
        }
    }

    @Test(arguments: [
        "<startEvent id=\"s\"/><userTask id=\"t\" name=\"Check\"/><endEvent id=\"e\"/>" + flows("s>t t>e"),
        "<startEvent id=\"s\"/><parallelGateway id=\"g\"/><task id=\"a\"/><serviceTask id=\"b\"/><parallelGateway id=\"j\"/><endEvent id=\"e\"/>"
            + flows("s>g g>a g>b a>j b>j j>e"),
        "<startEvent id=\"s\"/><parallelGateway id=\"g\"/><task id=\"a\"/><parallelGateway id=\"h\"/><task id=\"b\"/><task id=\"c\"/><parallelGateway id=\"i\"/><parallelGateway id=\"j\"/>"
            + flows("s>g g>a g>h h>b h>c b>i c>i a>j i>j"),
        "<startEvent id=\"s\"/><parallelGateway id=\"g\"/><task id=\"a\"/><task id=\"b\"/><endEvent id=\"x\"/><endEvent id=\"y\"/>"
            + flows("s>g g>a g>b a>x b>y"),
        "<startEvent id=\"s\"/><eventBasedGateway id=\"g\"/><intermediateCatchEvent id=\"a\"><messageEventDefinition messageRef=\"m1\"/></intermediateCatchEvent><intermediateCatchEvent id=\"b\"><signalEventDefinition/></intermediateCatchEvent><intermediateCatchEvent id=\"c\"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id=\"e\"/>"
            + flows("s>g g>a g>b g>c a>e b>e c>e"),
        "<startEvent id=\"s\"/><subProcess id=\"u\"><startEvent id=\"s2\"/><serviceTask id=\"k\"/><endEvent id=\"e2\"><errorEventDefinition/></endEvent>\(flows("s2>k k>e2").replacing("\"f", with: "\"q"))</subProcess><boundaryEvent id=\"b\" attachedToRef=\"u\"><errorEventDefinition/></boundaryEvent><task id=\"h\"/><endEvent id=\"e\"/>"
            + flows("s>u u>e b>h h>e"),
        "<startEvent id=\"s\"/><userTask id=\"t\"><multiInstanceLoopCharacteristics isSequential=\"true\"/></userTask><endEvent id=\"e\"/>"
            + flows("s>t t>e"),
        "<startEvent id=\"s\"/><parallelGateway id=\"g\"/><task id=\"a\"/><task id=\"b\"/><exclusiveGateway id=\"x\"/><parallelGateway id=\"j\"/><endEvent id=\"e\"/>"
            + flows("s>g g>a g>b a>x b>x x>j g>j j>e"),
    ])
    func diagramsBecomeValidDrafts(process: String) throws {
        let flow = try Self.read(process)
        #expect(flow.report.refusals == [])
        #expect(try Self.faults(flow) == [])
    }

    @Test func conditionsTimersAndRolesAreKept() throws {
        let flow = try Self.read(
            """
            <laneSet><lane id="l" name="Sales"><flowNodeRef>t</flowNodeRef></lane></laneSet>
            <startEvent id="s"/><userTask id="t" name="Ask"/><boundaryEvent id="b" attachedToRef="t"><timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition></boundaryEvent>
            <exclusiveGateway id="g" name="Large?" default="d"/><endEvent id="e" name="Fine"/><endEvent id="l2" name="Late"><errorEventDefinition/></endEvent>
            <sequenceFlow id="a1" sourceRef="s" targetRef="t"/><sequenceFlow id="a2" sourceRef="t" targetRef="g"/>
            <sequenceFlow id="a3" sourceRef="g" targetRef="l2"><conditionExpression>${order.total gt 100 and not (vip == true)}</conditionExpression></sequenceFlow>
            <sequenceFlow id="d" sourceRef="g" targetRef="e"/><sequenceFlow id="a4" sourceRef="b" targetRef="l2"/>
            """)
        let nodes = Self.nodes(flow)
        let task = try #require(nodes.first { $0["type"] == "task" })
        #expect(task["role"] == "Sales" && task["ttl"] == "2d" && task["on"]?["timeout"] == "late")
        #expect(nodes.first { $0["type"] == "decide" }?["branches"]?[0]?["when"] == "trigger.order.total > 100 && ! (trigger.vip == true)")
        #expect(try Self.faults(flow) == [])
    }

    @Test func crossedBranchesCannotBePublishedByMistake() throws {
        let flow = try Self.read(
            "<startEvent id=\"s\"/><parallelGateway id=\"g\"/><task id=\"a\"/><task id=\"b\"/><endEvent id=\"e\"/>"
                + Self.flows("s>g g>a g>b a>b b>e"))
        #expect(flow.report.entries.contains { $0.construct == "parallelGateway" && $0.outcome == .notMapped })
        #expect(FlowParser.parse(try #require(flow.document), engine: .everything).problems.contains { $0.message.contains("'unmapped'") })
    }

    @Test func everyElementIsInTheReport() throws {
        let flow = try Self.read(
            "<documentation>Why</documentation><startEvent id=\"s\"/><task id=\"t\" x:colour=\"red\"><extensionElements><x:y/></extensionElements></task><dataObject id=\"o\"/><frobnicate id=\"z\"/><endEvent id=\"e\"/><subProcess id=\"v\" triggeredByEvent=\"true\"/>"
                + Self.flows("s>t t>e"))
        for construct in ["documentation", "extensionElements", "dataObject", "frobnicate", "@x:colour", "subProcess"] {
            #expect(flow.report.entries.contains { $0.construct == construct && $0.outcome == .notMapped }, "\(construct)")
        }
        for construct in ["process", "startEvent", "endEvent", "sequenceFlow", "message"] {
            #expect(flow.report.entries.contains { $0.construct == construct && $0.outcome == .mapped }, "\(construct)")
        }
    }

    @Test(arguments: [
        ("<startEvent id=\"s\"/><endEvent id=\"s\"/>", "stands twice"),
        ("<startEvent id=\"s\"/><sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"gone\"/>", "leads to 'gone'"),
        ("<startEvent/>", "has no id"), ("<boundaryEvent id=\"b\" attachedToRef=\"gone\"/>", "attachedToRef"), ("", "no process has anything to do"),
    ])
    func faultsAreRefusedWithTheReason(process: String, reason: String) throws {
        let flow = try Self.read(process)
        #expect(flow.document == nil)
        #expect(flow.report.refusals.contains { $0.reason.contains(reason) }, "\(flow.report.refusals)")
    }
}
