internal import FlowEngineCore
internal import FlowImporting
internal import JSON

/// Definitions in other languages: they are refused with a reason, or become a draft with a report.
enum ImportText {
    static func run(_ bytes: [UInt8], _ format: ImportFormat) throws(BrokenPromise) {
        let flow: ImportedFlow
        do throws(SourceFault) {
            flow = try FlowImporter.importing(bytes, format: format, name: "fuzzed")
        } catch {
            return try require(!error.reason.isEmpty && !error.fix.isEmpty, "a text that is refused says why, and what to do")
        }
        guard let document = flow.document else { return try require(!flow.report.refusals.isEmpty, "a definition that is refused says why") }
        try require(flow.report.refusals.isEmpty && !flow.report.entries.isEmpty, "a draft has a report, and nothing was refused")
        let again = try? JSONValue(parsing: document.indented(), limits: JSONLimits(size: 64 << 20, depth: 400))
        try require(again == document, "a draft survives a round trip")
        let reading = FlowParser.parse(document, engine: .everything, requirements: .draft)
        try require(reading.document != nil || !reading.problems.isEmpty, "a document that is refused has a problem to be told")
    }

    static func runYAML(_ bytes: [UInt8]) throws(BrokenPromise) {
        let source: SourceText
        do throws(SourceFault) {
            source = try SourceText(parsing: bytes, limits: .flow)
        } catch {
            return try require(!error.reason.isEmpty && !error.fix.isEmpty, "a text that is refused says why, and what to do")
        }
        try require(source.lines.values.allSatisfy { $0 > 0 }, "everything that was read has a line")
        _ = FlowParser.parse(source.value, engine: .everything, requirements: .draft)
    }

    static func seeds(_ format: ImportFormat) -> [[UInt8]] {
        switch format {
        case .statesLanguage:
            return [
                #"{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.n[0]","NumericGreaterThan":3},{"Not":{"Variable":"$.s","StringMatches":"a*"}}],"Next":"B"}],"Default":"C"},"B":{"Type":"Map","ItemsPath":"$.i","ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Task","Resource":"arn:aws:lambda:r:1:function:f","Retry":[{"ErrorEquals":["X"]}],"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"Q"}],"End":true},"Q":{"Type":"Fail"}}},"Next":"D"},"C":{"Type":"Wait","SecondsPath":"$.s","Next":"B"},"D":{"Type":"Parallel","Branches":[{"StartAt":"X","States":{"X":{"Type":"Pass","Parameters":{"m.$":"States.Format('{}', $.a)"},"End":true}}}],"End":true}}}"#,
                #"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass","Output":{"x":"{% $states.input.a[0].b & ($v > 2 ? 'x' : $string(3)) %}"},"Assign":{"v":"{% 1 + 2 %}"},"End":true}}}"#,
            ].map { Array($0.utf8) }
        case .serverlessWorkflow:
            let head = "document: {dsl: '1.0.3', namespace: n, name: m, version: '1.0.0'}\ndo:\n"
            return [
                "- a: {set: {x: '${ [.xs[] | select(.n > 1) | .m] // 3 }'}}\n- b: {if: '.a == null', call: http, with: {method: get, endpoint: 'https://x/{id}'}, then: a}\n",
                "- a: {fork: {compete: true, branches: [{x: {wait: PT1S}}, {y: {listen: {to: {any: [{with: {type: t, data: '${ .n }'}}]}}}}]}}\n",
                "- a: {try: [{b: {raise: {error: {type: u/v, status: 1}}}}], catch: {as: e, when: .x, do: [{c: {for: {each: i, in: .xs}, do: [{d: {emit: {event: {with: {type: t}}}}}]}}]}}\n- s: {switch: [{k: {when: .a, then: end}}]}\n",
            ].map { Array((head + $0).utf8) }
        case .bpmn:
            return [
                "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><process id=\"p\"><startEvent id=\"s\"/><parallelGateway id=\"g\"/><userTask id=\"a\"><multiInstanceLoopCharacteristics/></userTask><subProcess id=\"b\"><task id=\"c\"/></subProcess><boundaryEvent id=\"t\" attachedToRef=\"b\"><errorEventDefinition/></boundaryEvent><parallelGateway id=\"j\"/><endEvent id=\"e\"/><sequenceFlow id=\"1\" sourceRef=\"s\" targetRef=\"g\"/><sequenceFlow id=\"2\" sourceRef=\"g\" targetRef=\"a\"/><sequenceFlow id=\"3\" sourceRef=\"g\" targetRef=\"b\"/><sequenceFlow id=\"4\" sourceRef=\"a\" targetRef=\"j\"/><sequenceFlow id=\"5\" sourceRef=\"b\" targetRef=\"j\"/><sequenceFlow id=\"6\" sourceRef=\"j\" targetRef=\"e\"/><sequenceFlow id=\"7\" sourceRef=\"t\" targetRef=\"e\"/></process></definitions>",
                "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><process id=\"p\"><startEvent id=\"s\"><timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></startEvent><eventBasedGateway id=\"g\"/><intermediateCatchEvent id=\"a\"><messageEventDefinition/></intermediateCatchEvent><receiveTask id=\"b\"/><exclusiveGateway id=\"x\" default=\"5\"/><sequenceFlow id=\"1\" sourceRef=\"s\" targetRef=\"g\"/><sequenceFlow id=\"2\" sourceRef=\"g\" targetRef=\"a\"/><sequenceFlow id=\"3\" sourceRef=\"g\" targetRef=\"b\"/><sequenceFlow id=\"4\" sourceRef=\"a\" targetRef=\"x\"/><sequenceFlow id=\"5\" sourceRef=\"x\" targetRef=\"b\"/><sequenceFlow id=\"6\" sourceRef=\"x\" targetRef=\"a\"><conditionExpression>${n gt 3 and x == 'y'}</conditionExpression></sequenceFlow></process></definitions>",
            ].map { Array($0.utf8) }
        }
    }

    static let yamlSeeds: [[UInt8]] = [
        "schema: provable.dev/flow/v1\nname: a\ntitle: &t A\nnodes:\n  - {id: s, type: trigger, title: *t, trigger: {kind: manual}, next: e}\n  - id: e\n    type: end\n    outcome: success\n",
        "a: &x {b: [1, 2.5, ~, true, 'q', \"d\\n\"]}\nc: *x\nd: |\n  text\n", "? {a: b}\n: - c\n", "{\"a\": [1, {\"b/~c\": \"\\u0041\"}], \"d\": 2}",
    ].map { Array($0.utf8) }

    static func words(_ format: ImportFormat) -> [String] {
        switch format {
        case .statesLanguage:
            [
                "\"Type\"", "\"Task\"", "\"Pass\"", "\"Map\"", "\"Next\"", "\"End\":true", "\"Choices\"", "\"Variable\"", "\"$.a[-1]\"", "\"{% ",
                " %}\"",
                "States.Array(", "\"Catch\"", "\"ErrorEquals\"", "\"Assign\"", "\"ResultPath\"", "\"QueryLanguage\"",
            ]
        case .serverlessWorkflow:
            [
                "document:", "do:", "call:", "with:", "set:", "switch:", "then:", "try:", "catch:", "for:", "fork:", "listen:", "to:", "raise:",
                "run:",
                "wait:", "export:", "as:", "'${ .a[-1] | length }'", "$context", "select(", "use:", "schedule:", "timeout:",
            ]
        case .bpmn:
            [
                "<sequenceFlow ", "sourceRef=\"", "targetRef=\"", "<parallelGateway ", "<inclusiveGateway ", "<eventBasedGateway ", "<subProcess ",
                "id=\"",
                "<boundaryEvent ", "attachedToRef=\"", "<timerEventDefinition>", "<timeDuration>", "<conditionExpression>", "<endEvent ", "<task ",
                "<!DOCTYPE ", "<![CDATA[", "&#x41;", "triggeredByEvent=\"true\"", "<laneSet>",
            ]
        }
    }
}
