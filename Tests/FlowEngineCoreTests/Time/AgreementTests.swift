import Foundation
import JSON
import Testing

@testable import FlowEngineCore

@Suite struct AgreementTests {
    private static let nodes: JSONValue = [
        ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "ask"],
        [
            "id": "ask", "type": "approve", "role": "on-call", "title": "Go?", "inputs": ["n": "${trigger.n}"], "ttl": "2d",
            "on": ["approved": "done", "rejected": "done", "timeout": "done"],
        ],
        ["id": "done", "type": "end", "outcome": "success"],
    ]

    private static func read(_ fields: JSONObject) -> FlowReading {
        let members: JSONObject = ["schema": "provable.dev/flow/v1", "name": "test", "title": "Test", "nodes": nodes]
        return FlowParser.parse(.object(members.merging(fields)))
    }

    private static let office: JSONObject = [
        "office": [
            "timezone": "Europe/Berlin", "hours": ["mon-thu": "09:00-17:00", "fri": ["09:00-12:00", "13:00-15:00"]], "holidays": ["2026-12-25"],
        ]
    ]

    @Test func aTargetCountsInWorkingTime() throws {
        let sla: JSONValue = [
            "run": [
                "target": "10h", "calendar": "office", "warn": 0.5, "on_warn": [["notify": "operator"]],
                "on_breach": [["start": "escalation"], ["raise_priority": true]],
            ],
            "steps": ["ask": ["target": "1h"]],
        ]
        let reading = Self.read(["calendars": .object(Self.office), "sla": sla])
        #expect(reading.problems.isEmpty, "\(reading.problems)")
        let agreements = try #require(reading.document).agreements
        let run = try #require(agreements.run)
        #expect(run.reactions[.breach] == [.start(flow: "escalation"), .raisePriority] && run.reactions[.warn] == [.notify(role: "operator")])
        // Thursday 2026-12-24, 16:00 in Berlin: one hour, then Monday after Christmas and the weekend, and Tuesday.
        let clock = try #require(agreements.clock(of: run, from: CalendarTests.utc("2026-12-24T15:00")))
        #expect(clock.due == CalendarTests.utc("2026-12-29T09:00") && clock.warn == CalendarTests.utc("2026-12-28T12:00"))
        let step = try #require(agreements.steps["ask"])
        #expect(agreements.clock(of: step, from: CalendarTests.utc("2026-12-24T15:00"))?.due == CalendarTests.utc("2026-12-24T16:00"))
        #expect(step.warn == Agreement.standardWarn && step.reactions[.risk] == [])
    }

    @Test(arguments: [
        (#"{"sla":{"run":{}}}"#, "/sla/run/target"), (#"{"sla":{"run":{"target":"soon"}}}"#, "/sla/run/target"),
        (#"{"sla":{"run":{"target":"8h","calendar":"ofice"}}}"#, "/sla/run/calendar"),
        (#"{"sla":{"run":{"target":"8h","warn":80}}}"#, "/sla/run/warn"),
        (#"{"sla":{"run":{"target":"8h","on_warn":[{"page":"me"}]}}}"#, "/sla/run/on_warn"), (#"{"sla":{"step":{}}}"#, "/sla/step"),
        (#"{"sla":{"steps":{"aks":{"target":"8h"}}}}"#, "/sla/steps/aks"), (#"{"sla":7}"#, "/sla"),
        (#"{"calendars":{"x":{"hours":{"mon":"09:00-17:00"},"timezone":"Europe/Atlantis"}}}"#, "/calendars/x/timezone"),
        (#"{"calendars":{"x":{"hours":{"mo":"09:00-17:00"}}}}"#, "/calendars/x/hours"),
        (#"{"calendars":{"x":{"hours":{"mon":"9-17"}}}}"#, "/calendars/x/hours"),
        (#"{"calendars":{"x":{"hours":{"mon":["09:00-12:00","11:00-13:00"]}}}}"#, "/calendars/x/hours"),
        (#"{"calendars":{"x":{"hours":{"mon":"09:00-17:00"},"holidays":["2026-02-30"]}}}"#, "/calendars/x/holidays"),
        (#"{"calendars":{"always":{"hours":{"mon":"09:00-17:00"}}}}"#, "/calendars/always"), (#"{"calendars":{"x":{}}}"#, "/calendars/x/hours"),
    ])
    func whatIsWrongNamesItsFieldAndTheRepair(fields: String, pointer: String) throws {
        let reading = Self.read(try #require(JSONValue(parsing: fields).objectValue))
        #expect(reading.document == nil && reading.problems.map(\.pointer) == [pointer], "\(reading.problems)")
        #expect(reading.problems.allSatisfy { !$0.fix.isEmpty && !$0.message.isEmpty })
    }

    @Test func theStateFollowsTheClockAndTheForecast() {
        let start = CalendarTests.utc("2026-11-02T08:00")
        let clock = AgreementClock(start: start, warn: start.addingTimeInterval(800), due: start.addingTimeInterval(1000))
        func state(_ seconds: Double, breach: Double? = nil) -> AgreementClock.State {
            clock.state(at: start.addingTimeInterval(seconds), breach: breach)
        }
        #expect(state(10) == .onTrack && state(800) == .warned && state(1001) == .breached)
        #expect(state(10, breach: 0.5) == .atRisk && state(900, breach: 0.1) == .warned && state(1001, breach: 0) == .breached)
        #expect(clock.state(at: start.addingTimeInterval(2000), end: start.addingTimeInterval(1000), breach: nil) == .met)
        #expect(clock.state(at: start.addingTimeInterval(2000), end: start.addingTimeInterval(1001), breach: nil) == .breached)
    }
}
