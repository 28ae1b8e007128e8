internal import Cedar
internal import SessionRules

/// Policies with session rules: split, compiled, and answered over a few events, with the state stored and read again between them.
enum SessionText {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let rules = try? SessionRuleSet(parsing: text(bytes), limits: limits) else { return }
        _ = rules.findings()
        try require((try? PolicySet(parsing: rules.plainText)) != nil, "what is left of the policies is Cedar")
        var monitor = SessionMonitor(rules: rules, limits: sessionLimits)
        for (index, step) in steps.enumerated() {
            guard let answer = try? monitor.ask(step, request, at: Int64(index) * 7_000_000) else { return }
            monitor.conclude(answer, isAllowed: index % 3 != 0, reservation: Text("r\(index)"))
            guard let state = try? monitor.encoded() else { return }
            guard let again = try? SessionMonitor(rules: rules, state: state, limits: sessionLimits) else {
                throw BrokenPromise(description: "a state that was stored can be read")
            }
            try require((try? again.encoded()) == state, "a state is stored as it was read")
            monitor = again
        }
    }

    static let limits = RuleLimits(size: 64 << 10, depth: 64, nodes: 500, diagnostics: 20, expandedSize: 256 << 10)
    static let sessionLimits = SessionLimits(events: 200, steps: 20_000, stateSize: 1 << 20)

    static let request = SessionRequest(
        principal: EntityUID(type: "User", id: "ann"), resource: EntityUID(type: "Shop", id: "s"),
        context: RecordValue([("input", .record(RecordValue([("user", .string("a")), ("amount", .long(5))])))]))

    static let steps: [SessionEvent] = ["pay", "read", "pay", "login", "pay"].enumerated().map { index, action in
        let input = RecordValue([("user", .string(index % 2 == 0 ? "a" : "b")), ("amount", .long(Int64(index)))])
        return SessionEvent(
            action: EntityUID(type: "Action", id: Text(action)), kind: "request",
            fields: RecordValue([("input", .record(input)), ("callerPrincipal", .entity(EntityUID(type: "User", id: "ann")))]))
    }

    static let seeds: [[UInt8]] = [
        #"permit(principal, action, resource) when temporal { formerly within 1h Action::"read"::request{ input.user: context.input.user } };"#,
        #"forbid(principal, action == Action::"pay", resource) when temporal { bind(n, count_within(1h, Action::"pay"::reserved{}), n > 2) };"#,
        #"permit(principal, action, resource) when { context.input.amount > 1 && temporal { previous within 1m Action::"login"::request{} } };"#,
        #"permit(principal, action, resource) unless temporal { !Action::"read"::request{} since within 1h Action::"login"::request{} };"#,
        #"def temporal once(?w, ?s) { formerly within ?w ?s }; permit(principal, action, resource) when temporal { once(1h, Action::"pay"::request{}) };"#,
        #"def cedar few(?n) { ?n < 3 }; permit(principal, action, resource) when { few(context.input.amount) };"#,
        #"permit(principal, action, resource) when temporal { exists (u: String). (formerly within 1h Action::"pay"::request{ input.user: u } && !(u == "b")) };"#,
        #"permit(principal, action, resource) when temporal { (sum a for (a: Long), (t: Timepoint). where (formerly within 1d (Action::"pay"::request{ input.amount: a } && tp(t)))) <= 9 };"#,
    ].map { Array($0.utf8) }

    static let words = [
        "permit(principal, action, resource)", "when temporal {", "unless temporal {", "};", "formerly within ", "previous within ", " since within ",
        "1h ",
        "exists (x: Long). (", "count for (t: Timepoint). where (", "sum a for (a: Long). where (", "tp(t)", " && ", "Action::\"pay\"::request{",
        "::reserved{}", "input.user: ", "input.amount: ", "context.input.user", "principal", "count_within(1h, ", "sum_within(x, ", "bind(n, ",
        "count_distinct_within(k, ", "def temporal m(?a) {", "def cedar m(?a) {", "m(", "?a", "$t", "decimal(\"1.5\")", "_", "*",
    ]
}

/// Stored states of sessions, under rules that they may not have been written by.
enum SessionBytes {
    static func run(_ bytes: [UInt8], _ peak: PeakMeter) throws(BrokenPromise) {
        var read: SessionMonitor?
        let grown = peak { read = try? SessionMonitor(rules: rules, state: bytes, limits: SessionText.sessionLimits) }
        try require(grown <= 512 * bytes.count + (1 << 20), "memory follows the bytes: \(grown) for \(bytes.count)")
        guard var monitor = read else { return }
        guard let state = try? monitor.encoded() else { return }
        try require((try? SessionMonitor(rules: rules, state: state, limits: SessionText.sessionLimits).encoded()) == state, "a state has one form")
        for name in monitor.inFlight { try? monitor.cancel(name) }
        _ = try? monitor.ask(SessionText.steps[0], SessionText.request, at: 60_000_000)
        _ = try? monitor.encoded()
    }

    private static let rules = (try? SessionRuleSet(parsing: SessionText.seeds.map { text($0) }.joined(separator: "\n"))) ?? .empty

    static func seeds() throws -> [[UInt8]] {
        var monitor = SessionMonitor(rules: rules)
        var seeds = [try monitor.encoded()]
        for (index, step) in SessionText.steps.enumerated() {
            let answer = try monitor.ask(step, SessionText.request, at: Int64(index) * 7_000_000)
            monitor.conclude(answer, isAllowed: true, reservation: Text("r\(index)"))
            seeds.append(try monitor.encoded())
        }
        return seeds
    }
}
