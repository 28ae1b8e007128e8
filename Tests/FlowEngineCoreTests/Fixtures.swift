import FlowEngineCore
import Foundation
import Identity
import JSON
import Testing
import Trust

enum Fixture {
    static let tenant = TenantID("0192f000-0000-7000-8000-000000000001")!
    static let run = RunID("0192f000-0000-7000-8000-00000000aaaa")!
    static let now = Date(timeIntervalSince1970: 1_795_400_000)

    static func playbook(_ name: String) throws -> FlowDocument {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Services/FlowEngine/Playbooks/\(name).json"))
        let reading = FlowParser.parse(try JSONValue(parsing: Array(data)))
        #expect(reading.problems.filter { $0.severity == .error } == [])
        return try #require(reading.document)
    }

    static func document(_ nodes: [JSONValue], deadline: String? = nil) throws -> FlowDocument {
        let reading = FlowParser.parse(source(nodes, deadline: deadline))
        #expect(reading.problems.filter { $0.severity == .error } == [])
        return try #require(reading.document)
    }

    static func source(_ nodes: [JSONValue], deadline: String? = nil) -> JSONValue {
        var members: JSONObject = ["schema": "provable.dev/flow/v1", "name": "test", "title": "Test", "nodes": .array(nodes)]
        members["deadline"] = deadline.map(JSONValue.string)
        return .object(members)
    }

    static let start: JSONValue = ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "work"]
    static let done: JSONValue = ["id": "done", "type": "end", "outcome": "success"]
    static let failed: JSONValue = ["id": "failed", "type": "end", "outcome": "failure"]
    static let call: JSONValue = [
        "id": "work", "type": "call", "operation": "jira.issue.create", "with": ["summary": "${trigger.title}"], "retry": ["attempts": 2],
        "on": ["success": "done", "error": "failed"],
    ]

    static func answer(_ verdict: PolicyAnswer.Verdict, _ question: PolicyQuestion, gates: [PolicyAnswer.Gate] = []) -> PolicyAnswer {
        PolicyAnswer(
            decision: DecisionID(rawValue: DerivedIdentity.uuid(question.request)), verdict: verdict, input: question.input,
            enforcedIdentity: SHA256Digest(hashing: (try? question.input.canonical()) ?? []), receiptDigest: nil, gates: gates, reason: "because")
    }
}

/// A run in memory, with everything that the engine would have stored.
struct Simulation {
    let document: FlowDocument
    let machine: RunMachine
    var state: RunState
    var steps: [Int: StepRecord] = [:]
    var tasks: [TaskID: (PersonRequest, TaskAuthority.State)] = [:]
    var last: [RunAction] = []
    var closings: [RunClosing] = []

    init(
        _ document: FlowDocument, trigger: JSONValue,
        by principal: RunPrincipal = RunPrincipal(kind: .person, id: "dana@acme.example", roles: ["operator"])
    ) {
        self.document = document
        machine = RunMachine(document: document)
        state = RunState(
            tenant: Fixture.tenant, run: Fixture.run, flow: document.name, version: document.versionID, principal: principal, trigger: trigger,
            startedAt: Fixture.now, node: document.trigger!.id)
        send(.started)
    }

    mutating func send(_ event: RunEvent) {
        let transition = machine.handle(event, in: state, at: Fixture.now)
        // What is stored must be all there is: a worker that reads it goes on exactly here.
        do { state = try RunState(json: JSONValue(parsing: transition.state.json.encoded())) } catch {
            Issue.record("the stored state cannot be read: \(error)")
        }
        last = transition.actions
        for action in transition.actions {
            switch action {
            case .recordStep(let record):
                if let before = steps[record.seq], before.state.isFinal, before.state != .mayHaveRun {
                    Issue.record("step \(record.seq) is written after its end")
                }
                steps[record.seq] = record
            case .openTask(let request): tasks[request.task] = (request, .open)
            case .closeTask(let task, let closing, _): tasks[task]?.1 = closing
            case .closeRun(let closing): closings.append(closing)
            default: break
            }
        }
    }

    var questions: [PolicyQuestion] { machine.outstanding(state).compactMap { if case .decide(let question) = $0 { question } else { nil } } }
    var calls: [ConnectorCall] { machine.outstanding(state).compactMap { if case .call(let call) = $0 { call } else { nil } } }
    var requests: [PersonRequest] { state.branches.compactMap(\.phase.request) }
    var closing: RunClosing? { state.closing }

    // Of a run with one branch.
    var question: PolicyQuestion? { questions.first }
    var call: ConnectorCall? { calls.first }
    var request: PersonRequest? { requests.first }

    mutating func allow(_ node: String? = nil) {
        guard let question = questions.first(where: { node == nil || $0.node == node }) else {
            Issue.record("policy is not asked in \(state.branches)")
            return
        }
        send(.policyAnswered(seq: question.seq, Fixture.answer(.allow, question)))
    }

    mutating func succeed(_ node: String? = nil, _ output: JSONValue = [:]) {
        guard let call = calls.first(where: { node == nil || $0.node == node }) else {
            Issue.record("nothing is called in \(state.branches)")
            return
        }
        send(.callFinished(seq: call.seq, .succeeded(output: output)))
    }

    mutating func answer(_ verdict: PersonAnswer.Verdict, by: String, answer: JSONValue = .null) {
        guard let request else {
            Issue.record("nobody is asked in \(state.branches)")
            return
        }
        send(.personAnswered(request, PersonAnswer(verdict: verdict, by: by, answer: answer)))
    }
}
