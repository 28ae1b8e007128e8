import FlowEngineCore
import FlowImporting
import Foundation
import JSON
import Testing

/// Definitions of the Amazon States Language: what they become, what the report says, and what is refused.
@Suite struct StatesLanguageTests {
    private static func read(_ text: String) throws -> ImportedFlow { StatesLanguage.importing(try JSONValue(parsing: text), name: "order") }

    private static func machine(_ states: String, extra: String = "") -> String { #"{"StartAt":"A",\#(extra)"States":{\#(states)}}"# }

    /// Errors of the draft, but for what stands for an expression without an equal.
    private static func faults(_ flow: ImportedFlow) throws -> [FlowProblem] {
        FlowParser.parse(try #require(flow.document), engine: .everything).problems.filter {
            $0.severity == .error && !$0.message.contains("'unmapped'")
        }
    }

    @Test(arguments: [
        #""A":{"Type":"Pass","Result":{"x":"${y}"},"ResultPath":"$.r","End":true}"#,
        #""A":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":{"m.$":"States.Format('{} is {}', $.a, $.b)"},"Retry":[{"ErrorEquals":["States.ALL"]}],"Catch":[{"ErrorEquals":["X"],"ResultPath":"$.e","Next":"B"}],"Next":"B"},"B":{"Type":"Succeed"}"#,
        #""A":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.n","NumericGreaterThan":3},{"Not":{"Variable":"$.s","StringMatches":"a*"}}],"Next":"B"}],"Default":"C"},"B":{"Type":"Fail","Error":"E","Cause":"C"},"C":{"Type":"Wait","SecondsPath":"$.s","End":true}"#,
        #""A":{"Type":"Parallel","Branches":[{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},{"StartAt":"Q","States":{"Q":{"Type":"Fail"}}}],"End":true}"#,
        #""A":{"Type":"Map","ItemsPath":"$.items","MaxConcurrency":5,"ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Task","Resource":"arn:aws:lambda:r:1:function:f","End":true}}},"ResultPath":"$.out","End":true}"#,
        #""A":{"Type":"Choice","QueryLanguage":"JSONata","Choices":[{"Condition":"{% $states.input.n > 3 and $exists($states.input.m) %}","Next":"B"}],"Default":"B"},"B":{"Type":"Wait","Timestamp":"2030-01-01T00:00:00Z","End":true}"#,
        #""A":{"Type":"Wait","Seconds":1,"Next":"B"},"B":{"Type":"Choice","Choices":[{"Variable":"$.ok","IsPresent":true,"Next":"C"}],"Default":"A"},"C":{"Type":"Pass","End":true}"#,
    ])
    func definitionsBecomeValidDrafts(states: String) throws {
        let flow = try Self.read(Self.machine(states))
        #expect(flow.report.refusals == [])
        #expect(try Self.faults(flow) == [])
        #expect(!flow.report.entries.isEmpty)
    }

    @Test(arguments: [
        (#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"Z"},"E":{"Type":"Succeed"}"#, "there is no state \"Z\""),
        (#""A":{"Type":"Pass","Next":"A"}"#, "no state ends the machine"),
        (#""A":{"Type":"Pass","Next":"A","End":true}"#, "'Next' and 'End' exclude each other"),
        (#""A":{"Type":"Pass","InputPth":"$","End":true}"#, "did you mean 'InputPath'?"),
        (#""A":{"Type":"Pass","ResultPath":"$.a[*]","End":true}"#, "one place in the data"),
        (#""A":{"Type":"Pass","Parameters":{"a":1,"a.$":"$"},"End":true}"#, "are one field"),
        (#""A":{"Type":"Pass","Parameters":{"a.$":"States.Frmat('x')"},"End":true}"#, "no intrinsic function"),
        (#""A":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% 10 + * 2 %}","End":true}"#, "not expected"),
        (#""A":{"Type":"Pass","QueryLanguage":"JSONata","Output":"{% 1","End":true}"#, "ends with %}"),
        (#""A":{"Type":"Choice","Choices":[{"Variable":"$.a","NumericEquals":"1","Next":"B"}]},"B":{"Type":"Succeed"}"#, "is given \"1\""),
        (#""A":{"Type":"Task","Resource":"arn:aws:lambda:r:1:function:f:","End":true}"#, "no version or alias"),
        (#""A":{"Type":"Task","Resource":"a:b","TimeoutSeconds":5,"HeartbeatSeconds":5,"End":true}"#, "heartbeat is shorter"),
        (
            #""A":{"Type":"Task","Resource":"a:b","Catch":[{"ErrorEquals":["States.ALL","X"],"Next":"B"}],"End":true},"B":{"Type":"Succeed"}"#,
            "stands alone"
        ),
        (#""A":{"Type":"Parallel","Branches":[{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}],"End":true}"#, "stands twice"),
    ])
    func faultsAreRefusedWithTheReason(states: String, reason: String) throws {
        let flow = try Self.read(Self.machine(states))
        #expect(flow.document == nil)
        #expect(
            flow.report.refusals.contains { $0.reason.contains(reason) && !$0.path.isEmpty || $0.reason.contains(reason) }, "\(flow.report.refusals)")
    }

    @Test func theReportSaysWhatIsNotThere() throws {
        let flow = try Self.read(
            Self.machine(
                #""A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","HeartbeatSeconds":5,"Parameters":{"x.$":"$.a[*].b"},"End":true},"Lost":{"Type":"Pass","End":true}"#,
                extra: #""Version":"1.0","#))
        let missing = flow.report.entries.filter { $0.outcome == .notMapped }.map(\.path)
        for path in ["/States/A/HeartbeatSeconds", "/States/A/Parameters/x.$", "/States/Lost", "/Version"] {
            #expect(missing.contains(path), "\(missing)")
        }
        // What has no equal cannot be published by mistake.
        let problems = FlowParser.parse(try #require(flow.document), engine: .everything).problems
        #expect(problems.contains { $0.message.contains("'unmapped'") })
    }

    @Test func pathsAndChoicesReadAsCEL() throws {
        let flow = try Self.read(
            Self.machine(
                #""A":{"Type":"Choice","Choices":[{"Variable":"$.order['unit price'][0]","NumericLessThan":2.5,"Next":"B"}],"Default":"B"},"B":{"Type":"Succeed","OutputPath":"$$.Execution.Input.id"}"#
            ))
        let nodes = try #require(flow.document?["nodes"]?.arrayValue)
        #expect(nodes.contains { $0["branches"]?[0]?["when"] == "vars.data.order['unit price'][0] < 2.5" })
        #expect(nodes.contains { $0["output"]?["data"] == "${trigger.id}" })
    }

    @Test func everyFieldIsInTheReport() throws {
        let flow = try Self.read(
            Self.machine(
                #""A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","TimeoutSecondsPath":"$.t","Parameters":{"x":1},"ResultPath":"$.r","Next":"B"},"B":{"Type":"Choice","InputPath":"$.r","Choices":[{"Variable":"$.n","NumericEquals":1,"Next":"C"}],"Default":"C"},"C":{"Type":"Succeed"}"#
            ))
        func outcome(_ path: String) -> ImportReport.Outcome? { flow.report.entries.first { $0.path == path }?.outcome }
        for field in ["Type", "Resource", "Parameters", "ResultPath", "Next"] { #expect(outcome("/States/A/\(field)") == .mapped, "\(field)") }
        #expect(outcome("/States/A/TimeoutSecondsPath") == .notMapped && outcome("/States/B/InputPath") == .notMapped)
        #expect(outcome("/States/B/Default") == .mapped && outcome("/States/C/Type") == .mapped)
    }
}
