import FlowEngineCore
import FlowImporting
import JSON
import Testing

/// Serverless workflows: what they become, what the report says, and what is refused.
@Suite struct ServerlessWorkflowTests {
    static func workflow(_ tasks: String, extra: String = "") -> String {
        "document: {dsl: '1.0.3', namespace: test, name: made-up, version: '0.1.0'}\n\(extra)\ndo:\n"
            + tasks.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    }

    static func read(_ text: String) throws -> ImportedFlow { try FlowImporter.importing(Array(text.utf8), name: "file") }

    private static func faults(_ flow: ImportedFlow) throws -> [FlowProblem] {
        FlowParser.parse(try #require(flow.document), engine: .everything).problems.filter {
            $0.severity == .error && !$0.message.contains("'unmapped'")
        }
    }

    @Test(arguments: [
        "- a: {set: {x: '${ .y + 1 }'}}\n- b: {call: http, with: {method: get, endpoint: 'https://x.test/{id}'}}",
        "- a:\n    switch:\n      - big: {when: .n > 10, then: c}\n      - rest: {then: end}\n- b: {wait: {seconds: 1}}\n- c: {wait: PT5M, then: exit}",
        "- a: {wait: {seconds: 1}}\n- b: {if: .again, set: {again: false}, then: a}",
        "- a:\n    fork:\n      compete: true\n      branches:\n        - x: {set: {v: 1}}\n        - y: {wait: {hours: 1}}",
        "- a:\n    for: {each: pet, in: .pets, at: i}\n    do:\n      - b: {emit: {event: {with: {source: 'urn:x', type: a.b, data: '${ $pet.name }'}}}}",
        "- a:\n    try:\n      - b: {call: http, with: {method: get, endpoint: 'https://x.test'}}\n    catch:\n      errors: {with: {type: x/timeout}}\n      as: e\n      do:\n        - c: {set: {m: '${ $e.message }'}}",
        "- a:\n    try:\n      - b: {raise: {error: {type: x/broken, status: 500}}}\n    catch:\n      do:\n        - c: {wait: {seconds: 1}}",
        "- a: {listen: {to: {any: [{with: {type: x.y}}, {with: {type: x.z, data: '${ .n > 3 }'}}]}}, timeout: {after: {minutes: 5}}}",
        "- a: {do: [{b: {set: {x: 1}, then: exit}}, {c: {set: {x: 2}}}]}\n- d: {set: {y: '${ .x }'}}",
        "- a: {run: {workflow: {namespace: n, name: other, version: '1.0.0', input: {x: '${ .x }'}}}}",
    ])
    func workflowsBecomeValidDrafts(tasks: String) throws {
        let flow = try Self.read(Self.workflow(tasks))
        #expect(flow.report.refusals == [])
        #expect(try Self.faults(flow) == [])
    }

    @Test(arguments: [
        ("- a: {}", "it does nothing"),
        ("- a: {set: {x: 1}, wait: {seconds: 1}}", "it does several things"),
        ("- a: {set: {x: 1}, then: nowhere}", "there is no task"),
        ("- a: {set: {x: 1}}\n- a: {set: {x: 2}}", "stands twice"),
        ("- a: {set: {x: 1}, thn: end}", "did you mean 'then'?"),
        ("- a: {wait: {second: 1}}", "it is a duration"),
        ("- a: {call: http, with: {method: get}}", "needs 'endpoint'"),
        ("- a: {call: unknownFunction}", "'use.functions' has no 'unknownFunction'"),
        ("- a: {raise: {error: gone}}", "'use.errors' has no 'gone'"),
        ("- a: {listen: {to: {one: {with: {type: x}}, all: []}}}", "one of 'one', 'any' and 'all'"),
        ("- a: {run: {script: {code: x}}}", "needs 'language'"),
        ("- a:\n    for: {each: x}\n    do:\n      - b: {set: {x: 1}}", "'in' says what to go through"),
        ("- a: {try: [{b: {set: {x: 1}}}]}", "a try needs 'catch'"),
        ("- a: {set: {x: 1}}\n  b: {set: {x: 1}}", "one name"),
    ])
    func faultsAreRefusedWithTheReason(tasks: String, reason: String) throws {
        let flow = try Self.read(Self.workflow(tasks))
        #expect(flow.document == nil)
        #expect(flow.report.refusals.contains { $0.reason.contains(reason) && $0.line > 0 }, "\(flow.report.refusals)")
    }

    @Test func everyFieldIsInTheReport() throws {
        let tasks = """
            - a:
                call: http
                with: {method: get, endpoint: {uri: 'https://x.test', authentication: {bearer: {token: t}}}, headers: {a: b}}
                metadata: {k: v}
                export: {as: '$context + { seen: .id }'}
            - b:
                for: {each: x, in: .xs}
                while: .go
                do:
                  - c: {set: {y: '${ reduce .[] as $n (0; . + $n) }'}}
            """
        let flow = try Self.read(
            Self.workflow(tasks, extra: "use: {secrets: [s], extensions: [{e: {extend: all}}]}\ninput: {schema: {document: {type: object}}}"))
        func outcome(_ path: String) -> ImportReport.Outcome? { flow.report.entries.first { $0.path == path }?.outcome }
        for path in [
            "/do/0/a/with/endpoint/authentication", "/do/0/a/metadata", "/do/1/b/while", "/do/1/b/do/0/c/set/y", "/use/secrets", "/use/extensions",
            "/document/namespace", "/document/version", "/document/dsl",
        ] { #expect(outcome(path) == .notMapped, "\(path): \(String(describing: outcome(path)))") }
        for path in ["/do/0/a/with/method", "/do/0/a/with/headers", "/do/0/a/export/as", "/document/name", "/input/schema"] {
            #expect(outcome(path) == .mapped, "\(path): \(String(describing: outcome(path)))")
        }
        // What has no equal cannot be published by mistake.
        #expect(FlowParser.parse(try #require(flow.document), engine: .everything).problems.contains { $0.message.contains("'unmapped'") })
        #expect(flow.document?["nodes"]?.arrayValue?.contains { $0["set"]?["context.seen"] == "${vars.data.id}" } == true)
    }

    @Test(arguments: [
        (".a.b[0]", "vars.data.a.b[0]"), (".a == null", "(vars.data.?a.orValue(null) == null)"), (".a // 3", "vars.data.?a.orValue(3)"),
        ("[.xs[] | select(.n > 1) | .m]", "vars.data.xs.filter(e, (e.n > 1)).map(e, e.m)"), ("\"x-\\(.n)\"", "('x-' + string(vars.data.n))"),
        (".s | length > 3 and (.t | not)", "((size(vars.data.s) > 3) && !(vars.data.s.t))"), ("$context.k", "vars.context.k"),
        ("{a: .x, \"b\": [1, .y]}", "{'a': vars.data.x, 'b': [1, vars.data.y]}"), ("if .a then 1 else 2 end", "(vars.data.a ? 1 : 2)"),
    ])
    func jqBecomesCEL(source: String, cel: String) throws {
        let flow = try Self.read(Self.workflow("- a: {set: {v: '${ \(source.replacing("'", with: "''")) }'}}"))
        let set = flow.document?["nodes"]?.arrayValue?.first { $0["id"] == "a" }?["set"]?["data"]?["v"]
        #expect(set?.stringValue == "${\(cel)}")
    }
}
