import Cedar

@testable import SessionRules

/// Seeded rules and histories.
struct RandomRules {
    var random: SplitMix
    private var variables = 0

    init(seed: UInt64) { random = SplitMix(state: seed) }

    static let actions = ["login", "read", "pay"]
    private static let windows = ["0s", "1s", "5s", "10s", "1m", "1h"]

    mutating func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }
    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }

    mutating func policies() -> String {
        (0..<pick([1, 2, 4])).map { _ in
            let scope = pick(["action", "action == Action::\"pay\"", "action in [Action::\"read\", Action::\"pay\"]"])
            let clause = pick(["when", "unless"])
            return "\(pick(["permit", "forbid"]))(principal, \(scope), resource) \(clause) temporal { \(condition(2)) };"
        }.joined(separator: "\n")
    }

    private mutating func name() -> String {
        variables += 1
        return "v\(variables)"
    }

    private mutating func window() -> String { pick(Self.windows) }

    private mutating func condition(_ depth: Int) -> String { (0..<pick([1, 1, 2])).map { _ in conjunct(depth) }.joined(separator: " && ") }

    private mutating func conjunct(_ depth: Int) -> String {
        if depth <= 0 { return "formerly within \(window()) \(event())" }
        switch Int.random(in: 0..<11, using: &random) {
        case 0: return "formerly within \(window()) \(event())"
        case 1: return "formerly within \(window()) (\(condition(depth - 1)))"
        case 2: return "previous within \(window()) \(event())"
        case 3: return "previous within \(window()) (\(condition(depth - 1)))"
        case 4: return "(!\(event()) since within \(window()) \(event()))"
        case 5: return "(\(pick([event(), "(\(conjunct(depth - 1)))"])) since within \(window()) (\(condition(depth - 1))))"
        case 6: return "!(\(conjunct(depth - 1)))"
        case 7: return "bind(\(name()), \(aggregate()), n >= 2)".replacingName(with: "v\(variables)")
        case 8: return "\(aggregate(parenthesised: true)) \(pick(["<", "<=", "==", ">", ">=", "!="])) \(Int.random(in: 0..<4, using: &random))"
        case 9: return exists(depth)
        default: return event()
        }
    }

    private mutating func aggregate(parenthesised: Bool = false) -> String {
        let (value, time) = (name(), name())
        let text: String
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "count_within(\(window()), \(event()))"
        case 1: return "sum_within(\(value), \(window()), \(event("input.amount: \(value)")))"
        case 2: return "count_distinct_within(\(value), \(window()), \(event("input.user: \(value)")))"
        case 3: text = "sum \(value) for (\(value): Long). where (formerly within \(window()) (\(event("input.amount: \(value)")) && \(value) >= 0))"
        default:
            text = "count for (\(time): Timepoint). where (formerly within \(window()) (tp(\(time)) && \(event()) && formerly within 5s \(event())))"
        }
        return parenthesised ? "(\(text))" : text
    }

    private mutating func exists(_ depth: Int) -> String {
        let variable = name()
        let first = "formerly within \(window()) \(event("input.user: \(variable)"))"
        let rest = pick([
            "formerly within \(window()) \(event("input.user: \(variable)"))", "!\(event("input.user: \(variable)"))",
            "\(variable) == context.input.user",
            "(!\(event("input.user: \(variable)")) since within \(window()) \(event("input.user: \(variable)")))",
            "(count for (t: Timepoint). where (formerly within 1m (\(event("input.user: \(variable)")) && tp(t)))) > 1", conjunct(depth - 1),
        ])
        return "(exists (\(variable): String). (\(first) && \(rest)))"
    }

    private mutating func event(_ field: String? = nil) -> String {
        var fields = field.map { [$0] } ?? []
        if chance(0.5) {
            fields.append(
                pick(["input.user: \"a\"", "input.user: context.input.user", "input.amount: 1", "input.amount: _", "callerPrincipal: principal"]))
        }
        return "Action::\"\(pick(Self.actions))\"::\(pick(["request", "request", "reserved", "response"])){ \(fields.joined(separator: ", ")) }"
    }

    // MARK: Histories

    struct Step {
        var micros: Int64
        var event: SessionEvent
        var request: SessionRequest
        var isAllowed: Bool
        /// Which of the requests before is given back first.
        var cancels: Int?
    }

    mutating func history(_ count: Int) -> [Step] {
        var now: Int64 = 0
        return (0..<count).map { _ in
            now += pick([0, 0, 1, 4, 5, 6, 60, 3600]) * 1_000_000
            let told = chance(0.1) ? now - 7_000_000 : now
            var input: [(Text, Value)] = [("user", .string(Text(pick(["a", "b"]))))]
            if chance(0.9) { input.append(("amount", .long(Int64.random(in: -1...2, using: &random)))) }
            let principal = EntityUID(type: "User", id: Text(pick(["ann", "bob"])))
            let record = Value.record(RecordValue(input))
            let event = SessionEvent(
                action: EntityUID(type: "Action", id: Text(pick(Self.actions))), kind: Text(pick(["request", "request", "response"])),
                fields: RecordValue([("input", record), ("callerPrincipal", .entity(principal))]))
            let request = SessionRequest(principal: principal, resource: EntityUID(type: "Shop", id: "s"), context: RecordValue([("input", record)]))
            let cancels = chance(0.15) ? Int.random(in: 0..<count, using: &random) : nil
            return Step(micros: told, event: event, request: request, isAllowed: chance(0.7), cancels: cancels)
        }
    }
}

extension String {
    /// `bind` names its variable before the aggregate is written, whose names come after it.
    fileprivate func replacingName(with name: String) -> String {
        guard let open = firstIndex(of: "("), let comma = firstIndex(of: ",") else { return self }
        return replacing("n >= 2", with: "\(self[index(after: open)..<comma]) >= 2")
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
