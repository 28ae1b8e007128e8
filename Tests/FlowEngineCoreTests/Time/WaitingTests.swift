import Foundation
import Identity
import JSON
import Testing
import Trust

@testable import FlowEngineCore

@Suite struct WaitingTests {
    private static let now = CalendarTests.utc("2026-11-02T08:00")

    private static func state(_ phase: RunPhase, node: String = "ask") throws -> (RunState, FlowDocument) {
        let document = try ForecastTests.document(ForecastTests.nodes)
        var state = RunState(
            tenant: .make(), run: .make(), flow: "test", version: document.versionID, principal: .automation(flow: "test"), trigger: [:],
            startedAt: now.addingTimeInterval(-60), node: "start")
        state.branches = [RunBranch(seq: 2, node: node, phase: phase)]
        return (state, document)
    }

    private static func cause(_ phase: RunPhase, _ change: (inout WaitFacts) -> Void = { _ in }) throws -> WaitCause {
        let (state, document) = try state(phase)
        var facts = WaitFacts()
        facts.stepStarts = [2: now.addingTimeInterval(-30)]
        change(&facts)
        let causes = WaitDiagnosis(document, facts, now: now).causes(of: state)
        #expect(causes.count == 1)
        return try #require(causes.first)
    }

    private static let request = PersonRequest(
        task: .make(), kind: .approval, role: "on-call", title: "Go?", subject: [:], digest: SHA256Digest(hashing: []), excluded: [],
        ttl: FlowDuration(milliseconds: 1000), reason: "", decision: nil)

    @Test func eachCauseHasItsName() throws {
        let due = Self.now.addingTimeInterval(90)
        let person = try Self.cause(.approving(Self.request)) {
            $0.timers = [.init(seq: 2, kind: "wait", due: due), .init(seq: 1, kind: "x", due: Self.now)]
        }
        #expect(person.kind == .person && person.role == "on-call" && person.until == due && person.task == Self.request.task)
        #expect(person.text == "somebody with the role on-call must approve \"Go?\"" && person.since == Self.now.addingTimeInterval(-30))
        let timer = try Self.cause(.sleeping) { $0.timers = [.init(seq: 2, kind: "wait", due: due)] }
        #expect(timer.kind == .timer && timer.text.hasSuffix("passes at 2026-11-02T08:01:30.000Z"))
        let event = try Self.cause(.awaiting(kind: "finops.anomaly.closed"))
        #expect(event.kind == .event && event.event == "finops.anomaly.closed" && event.until == nil)
        #expect(try Self.cause(.running(.make())).kind == .child)
    }

    @Test func aWorkersTurnIsToldFromTheRows() throws {
        let ready = RunPhase.ready(next: "both")
        #expect(try Self.cause(ready) { $0.leaseUntil = Self.now.addingTimeInterval(5) }.kind == .running)
        #expect(try Self.cause(ready) { $0.nextWake = Self.now.addingTimeInterval(-1) }.text == "it is in the queue for a worker")
        let alone = try Self.cause(ready) { $0.nextWake = Self.now.addingTimeInterval(-60) }
        #expect(alone.kind == .worker && alone.text.hasPrefix("no worker has had room"))
        for (note, kind) in [
            ("the concurrency key order-7 is held by another run", WaitCause.Kind.concurrency), ("the rate limit of jira is reached", .rate),
            ("the tenant's quota of 5 runs is used", .quota), ("policy does not answer", .policy), ("jira does not answer", .connector),
        ] {
            let cause = try Self.cause(ready) {
                $0.nextWake = Self.now.addingTimeInterval(9)
                $0.note = note
                $0.attempts = 1
            }
            #expect(cause.kind == kind && cause.text == note && cause.until == Self.now.addingTimeInterval(9))
        }
    }

    @Test func aHeldRunSaysWhoHoldsItAndOneThatIsOverNothing() throws {
        var (state, document) = try Self.state(.sleeping)
        state.pause = RunPause(by: "dana", reason: "the vendor is down")
        let diagnosis = WaitDiagnosis(document, WaitFacts(), now: Self.now)
        #expect(diagnosis.causes(of: state).map(\.text) == ["held by dana: the vendor is down"])
        state.closing = RunClosing(state: .succeeded, outcome: "success")
        #expect(diagnosis.causes(of: state).isEmpty)
    }

    @Test func whatIsStuckIsToldFromWhatWaits() throws {
        let detector = StuckDetector(now: Self.now.addingTimeInterval(2 * 3600))
        var around = StuckDetector.Surroundings()
        let event = try Self.cause(.awaiting(kind: "a.b"))
        #expect(detector.verdict([event], around)?.kind == .event)
        #expect(StuckDetector(now: Self.now).verdict([event], around) == nil, "it has only begun to wait")
        around.eventsSeen = ["a.b"]
        #expect(detector.verdict([event], around) == nil, "such events come")
        let person = try Self.cause(.approving(Self.request))
        #expect(detector.verdict([person], around) == nil, "who has which role is not known")
        around.rolesHeld = ["operator"]
        #expect(detector.verdict([person], around)?.nextAction == "give somebody the role on-call, or reassign the task")
        around.rolesHeld = ["operator", "on-call"]
        #expect(detector.verdict([person], around) == nil)
        around.claims = 3
        #expect(detector.verdict([person], around) == nil, "the lease still runs")
        around.isLeaseOver = true
        #expect(detector.verdict([person], around)?.kind == .lease)
        let spent = try Self.cause(.ready(next: "both")) {
            ($0.nextWake, $0.note, $0.attempts) = (Self.now, "the retry budget of jira is spent", 2)
        }
        #expect(detector.verdict([spent], StuckDetector.Surroundings())?.kind == .budget)
    }
}
