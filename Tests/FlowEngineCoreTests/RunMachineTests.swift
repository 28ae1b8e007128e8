import FlowEngineCore
import Identity
import JSON
import Testing
import Trust

@Suite struct RunMachineTests {
    private let webhook: JSONValue = [
        "issue": ["title": "Payments down", "html_url": "https://github.example/1", "body": nil, "labels": []],
        "repository": ["name": "payments", "full_name": "acme/payments", "owner": ["login": "acme"]],
    ]
    private let onCall = PolicyAnswer.Gate(policy: "containment-needs-on-call", role: "on-call", ttlSeconds: 14_400)

    @Test func incidentEndToEnd() throws {
        var run = Simulation(try Fixture.playbook("incident-response"), trigger: webhook, by: .automation(flow: "incident-response"))
        #expect(run.question?.input["summary"] == "Incident: Payments down")
        run.allow()
        #expect(run.call?.idempotencyKey == DerivedIdentity.idempotencyKey(tenant: Fixture.tenant, run: Fixture.run, seq: 1))
        run.succeed(nil, ["key": "OPS-1"])
        run.allow()
        run.succeed(nil, ["ts": "17.1"])
        #expect(run.state.node == "contain")
        run.send(.policyAnswered(seq: run.state.lastSeq, Fixture.answer(.requireApproval, run.question!, gates: [onCall])))
        let request = try #require(run.request)
        let signed = SHA256Digest(hashing: try request.subject.canonical())
        #expect(request.role == "on-call" && request.digest == signed)
        #expect(run.machine.whyWaiting(run.state).contains("on-call"))
        run.answer(.approve, by: "omar@acme.example")
        #expect(run.question?.grants.map(\.approver) == ["omar@acme.example"])
        run.allow()
        run.succeed(nil, ["restricted": true])
        run.allow()
        run.succeed()
        run.allow()
        #expect(run.call?.input["text"]?.stringValue?.contains("acme/payments is restricted") == true)
        run.succeed()
        #expect(run.closing?.state == .succeeded)
        #expect(run.closings.count == 1)
        #expect(run.steps.keys.sorted() == Array(0..<run.steps.count))
        #expect(run.steps.values.allSatisfy { $0.state == .succeeded })
    }

    @Test func aRejectedGateLeavesByDenied() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.send(.policyAnswered(seq: 1, Fixture.answer(.requireApproval, run.question!, gates: [onCall])))
        run.answer(.reject, by: "omar@acme.example")
        #expect(run.steps[1]?.port == "denied" && run.closing?.state == .failed)
        #expect(run.tasks.values.map(\.1) == [.rejected])
    }

    @Test func whatDriftsNeedsANewApproval() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.send(.policyAnswered(seq: 1, Fixture.answer(.requireApproval, run.question!, gates: [onCall])))
        let first = try #require(run.request)
        run.answer(.approve, by: "omar@acme.example")
        var drifted = Fixture.answer(.requireApproval, run.question!, gates: [onCall])
        drifted.input = ["summary": "y"]
        run.send(.policyAnswered(seq: 1, drifted))
        let second = try #require(run.request)
        #expect(second.task != first.task && second.digest != first.digest)
        // The first approval again, late: it opens nothing.
        run.send(.personAnswered(first, PersonAnswer(verdict: .approve, by: "omar@acme.example")))
        #expect(run.request == second)
    }

    @Test func aDenialCallsNothing() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.send(.policyAnswered(seq: 1, Fixture.answer(.deny, run.question!)))
        #expect(run.call == nil && run.closing?.state == .failed && run.steps[1]?.error == "because")
    }

    @Test func retriesKeepTheKeyAndEnd() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.allow()
        let key = run.call?.idempotencyKey
        let failure = CallResult.failed(
            errorClass: "rate-limited", message: "slow down", retryable: true, retryAfter: FlowDuration(milliseconds: 7000))
        run.send(.callFinished(seq: 1, failure))
        #expect(run.last.contains(.startTimer(.retry, seq: 1, after: FlowDuration(milliseconds: 7000))))
        run.send(.timerFired(seq: 1, .retry))
        #expect(run.call?.attempt == 2 && run.call?.idempotencyKey == key)
        run.send(.callFinished(seq: 1, failure))
        #expect(run.steps[1]?.port == "error" && run.closing?.state == .failed)
    }

    @Test func whatMayHaveRunIsAskedAndNeverRepeated() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.allow()
        run.send(.callFinished(seq: 1, .mayHaveRun(message: "the connection broke")))
        #expect(run.call == nil && run.steps[1]?.state == .mayHaveRun)
        run.answer(.complete, by: "dana@acme.example", answer: ["ran": true])
        #expect(run.steps[1]?.port == "success" && run.steps[1]?.state == .mayHaveRun && run.closing?.state == .succeeded)
    }

    @Test func whoeverStartedARunIsExcluded() throws {
        let run = Simulation(
            try Fixture.playbook("change-and-approval"),
            trigger: ["title": "t", "target": "api", "setting": "limit", "value": "5", "requested_by": "chris@acme.example"])
        #expect(run.request?.excluded == ["dana@acme.example", "chris@acme.example"])
    }

    @Test func waitsEndOnceByEventOrTime() throws {
        let nodes: [JSONValue] = [
            Fixture.start, ["id": "work", "type": "wait", "event": "a.b", "timeout": "1h", "on": ["event": "done", "timeout": "failed"]],
            Fixture.done, Fixture.failed,
        ]
        var first = Simulation(try Fixture.document(nodes), trigger: [:])
        #expect(first.state.branches.map(\.phase) == [.awaiting(kind: "a.b")])
        first.send(.eventArrived(seq: 1, payload: ["x": 1]))
        #expect(first.closing?.state == .succeeded && first.steps[1]?.output == ["x": 1])
        first.send(.timerFired(seq: 1, .wait))
        #expect(first.closings.count == 1)
        var second = Simulation(try Fixture.document(nodes), trigger: [:])
        second.send(.timerFired(seq: 1, .wait))
        #expect(second.closing?.state == .failed && second.last.contains(.stopAwaiting(seq: 1)))
    }

    @Test func cancellingWaitsForWhatIsUnderWay() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.allow()
        run.send(.stopRequested(RunStop(cause: .cancelled, by: "dana@acme.example", reason: "wrong one")))
        #expect(run.closing == nil)
        run.succeed(nil, ["key": "A"])
        #expect(run.closing?.state == .cancelled && run.steps[1]?.state == .succeeded && run.steps[1]?.output == ["key": "A"])
    }

    @Test func cancellingClosesTheTask() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: ["title": "x"])
        run.send(.policyAnswered(seq: 1, Fixture.answer(.requireApproval, run.question!, gates: [onCall])))
        run.send(.stopRequested(RunStop(cause: .cancelled, by: "dana@acme.example", reason: "wrong one")))
        #expect(run.tasks.values.map(\.1) == [.cancelled] && run.closing?.state == .cancelled && run.steps[1]?.state == .skipped)
    }

    @Test func theDeadlineFailsTheRun() throws {
        var run = Simulation(
            try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed], deadline: "1h"), trigger: ["title": "x"])
        run.send(.timerFired(seq: 0, .deadline))
        #expect(run.closing?.state == .failed && run.closing?.outcome == "deadline")
    }

    @Test func anExpressionWithoutAValueLeavesByError() throws {
        var run = Simulation(try Fixture.document([Fixture.start, Fixture.call, Fixture.done, Fixture.failed]), trigger: [:])
        #expect(run.steps[1]?.port == "error" && run.steps[1]?.error.contains("title") == true && run.closing?.state == .failed)
        run.send(.started)
        #expect(run.closings.count == 1)
    }

    /// Any events in any order, each of them twice: one closing, no step written after its end, no gap in seq, and no call without an answer.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func anyOrderOfEventsKeepsTheInvariants(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let name = ["incident-response", "change-and-approval", "cost-anomaly"][Int(seed % 3)]
        let triggers: [String: JSONValue] = [
            "incident-response": webhook,
            "change-and-approval": ["title": "t", "target": "a", "setting": "b", "value": "c", "requested_by": "dana@acme.example"],
            "cost-anomaly": ["anomaly_id": "x", "service": "model-api", "meter": "tokens", "ratio_milli": 5000],
        ]
        var run = Simulation(try Fixture.playbook(name), trigger: triggers[name] ?? [:])
        var requests: [PersonRequest] = []
        for _ in 0..<300 where run.closing == nil {
            if let request = run.request, !requests.contains(request) { requests.append(request) }
            let seq = max(0, run.state.lastSeq - Int(random.next() % 5 == 0 ? 1 : 0))
            let event: RunEvent
            switch random.next() % 12 {
            case 0, 1:
                event =
                    run.question.map {
                        .policyAnswered(
                            seq: seq, Fixture.answer([.allow, .redact, .requireApproval, .deny][Int(random.next() % 4)], $0, gates: [onCall]))
                    } ?? .started
            case 2, 3: event = run.question.map { .policyAnswered(seq: seq, Fixture.answer(.allow, $0)) } ?? .started
            case 4, 5: event = .callFinished(seq: seq, .succeeded(output: ["key": "K-1", "ts": "1"]))
            case 6:
                event = .callFinished(
                    seq: seq,
                    .failed(
                        errorClass: ["timeout", "conflict"][Int(random.next() % 2)], message: "m", retryable: random.next() % 2 == 0, retryAfter: nil)
                )
            case 7: event = .callFinished(seq: seq, .mayHaveRun(message: "m"))
            case 8, 9:
                event =
                    requests.randomElement(using: &random).map {
                        .personAnswered(
                            $0,
                            PersonAnswer(
                                verdict: $0.kind == .task ? .complete : random.next() % 3 == 0 ? .reject : .approve, by: "omar@acme.example",
                                answer: ["ran": true]))
                    } ?? .started
            case 10: event = .timerFired(seq: seq, [.wait, .answer, .retry][Int(random.next() % 3)])
            default:
                event =
                    random.next() % 20 == 0
                    ? .stopRequested(RunStop(cause: .cancelled, by: "x", reason: "y")) : .eventArrived(seq: seq, payload: ["anomaly_id": "x"])
            }
            run.send(event)
            run.send(event)
            #expect(run.steps.keys.sorted() == Array(0..<run.steps.count), "seed \(seed)")
            #expect(run.closings.count == (run.closing == nil ? 0 : 1), "seed \(seed)")
            if let call = run.call { #expect(run.question == nil && call.seq == run.state.lastSeq, "seed \(seed)") }
            let open = run.tasks.values.filter { $0.1 == .open }.map(\.0.task)
            #expect(open == (run.request.map { [$0.task] } ?? []), "seed \(seed)")
        }
    }
}

/// A seeded generator: the seed is the test's argument, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
