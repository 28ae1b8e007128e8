import Cedar
import Testing

@testable import SessionRules

@Suite("The monitor beside the meaning of its rules")
struct MonitorPropertyTests {
    private static let pinned = """
        decision event <A>::request { ...inputs(A), pin callerPrincipal: principalType(A) = principal }
        event <A>::reserved { ...inputs(A), pin callerPrincipal: principalType(A) = principal }
        event <A>::response { ...inputs(A), pin callerPrincipal: principalType(A) = principal }
        """

    @Test("Every rule is answered at every request as the whole history says, also once the state was stored and read again", arguments: 0..<40)
    func meaning(round: Int) throws {
        for seed in round * 25..<(round + 1) * 25 {
            var random = RandomRules(seed: UInt64(seed))
            let schema = seed % 3 == 0 ? try EventSchema(parsing: Self.pinned) : .standard
            let text = random.policies()
            let rules: SessionRuleSet
            do {
                rules = try SessionRuleSet(parsing: text, schema: schema)
            } catch {
                Issue.record("seed \(seed): \(error)\n\(text)")
                continue
            }
            try check(rules, random.history(30), seed: seed, text: text)
        }
    }

    private func check(_ rules: SessionRuleSet, _ history: [RandomRules.Step], seed: Int, text: String) throws {
        var monitor = SessionMonitor(rules: rules)
        var resumed = monitor
        var reference = Reference(schema: rules.schema)
        var latest = Int64.min
        for (number, step) in history.enumerated() {
            if let cancelled = step.cancels, monitor.inFlight.contains(Text("r\(cancelled)")) {
                try monitor.cancel(Text("r\(cancelled)"))
                try resumed.cancel(Text("r\(cancelled)"))
                reference.moments[cancelled].events.removeAll { $0.kind == "reserved" }
            }
            latest = max(latest, step.micros)
            guard step.event.kind == "request" else {
                try monitor.observe(step.event, at: step.micros)
                try resumed.observe(step.event, at: step.micros)
                reference.moments.append(Reference.Moment(micros: latest, events: [step.event]))
                continue
            }
            let reserved = SessionEvent(action: step.event.action, kind: "reserved", fields: step.event.fields)
            reference.moments.append(Reference.Moment(micros: latest, events: [step.event, reserved]))
            let answer = try monitor.ask(step.event, step.request, at: step.micros)
            let again = try resumed.ask(step.event, step.request, at: step.micros)
            #expect(answer.record == again.record, "seed \(seed), event \(number), after resuming\n\(text)")
            for rule in answer.rules {
                let expected = reference.holds(rules.rules[rule.index].formula, at: number, step.request)
                #expect(rule.holds == expected, "seed \(seed), event \(number), rule \(rule.name)\n\(text)")
            }
            monitor.conclude(answer, isAllowed: step.isAllowed, reservation: Text("r\(number)"))
            resumed.conclude(again, isAllowed: step.isAllowed, reservation: Text("r\(number)"))
            if !step.isAllowed { reference.moments[number].events.removeLast() }
            let state = try resumed.encoded()
            #expect(try monitor.encoded() == state, "seed \(seed), event \(number): the state has one form")
            resumed = try SessionMonitor(rules: rules, state: state)
            #expect(try resumed.encoded() == state, "seed \(seed), event \(number): the state is read as it was written")
        }
    }
}
