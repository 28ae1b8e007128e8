import Cedar
import Testing

@testable import SessionRules

/// A session with a shop, in short.
struct World {
    var monitor: SessionMonitor
    static let pay = EntityUID(type: "Action", id: "pay")

    init(_ policies: String, schema: EventSchema = .standard, limits: SessionLimits = .default) throws {
        monitor = SessionMonitor(rules: try SessionRuleSet(parsing: policies, schema: schema), limits: limits)
    }

    static func event(_ action: String, _ kind: Text = "request", user: String = "a", amount: Int64 = 1) -> SessionEvent {
        let input = RecordValue([("user", .string(Text(user))), ("amount", .long(amount))])
        return SessionEvent(action: EntityUID(type: "Action", id: Text(action)), kind: kind, fields: RecordValue([("input", .record(input))]))
    }

    /// Whether the first rule holds for a request at `seconds`.
    mutating func ask(
        _ action: String, at seconds: Double, user: String = "a", amount: Int64 = 1, isAllowed: Bool = true, as name: Text? = nil
    ) throws -> Bool {
        let event = Self.event(action, user: user, amount: amount)
        let request = SessionRequest(
            principal: EntityUID(type: "User", id: "ann"), resource: EntityUID(type: "Shop", id: "s"), context: event.fields)
        let answer = try monitor.ask(event, request, at: Int64(seconds * 1e6))
        monitor.conclude(answer, isAllowed: isAllowed, reservation: name)
        return try #require(answer.rules.first).holds
    }

    mutating func note(_ action: String, _ kind: Text = "request", at seconds: Double, user: String = "a") throws {
        try monitor.observe(Self.event(action, kind, user: user), at: Int64(seconds * 1e6))
    }
}

func permit(_ block: String) -> String { "permit(principal, action, resource) when temporal { \(block) };" }
