internal import Cedar
internal import JSON
internal import SessionRules

/// One line of a file of events:
///
///     {"time": 60, "principal": "User::\"ann\"", "action": "Action::\"pay\"", "resource": "Shop::\"s\"", "input": {"amount": 5}, "id": "r1"}
///     {"time": 61, "action": "Action::\"pay\"", "kind": "response", "input": {"amount": 5}, "output": {"ok": true}}
///     {"time": 62, "settle": "r1"}
struct ReplayedEvent {
    enum Step {
        /// With what is decided, where it has a principal and a resource, and its name while it is in flight.
        case event(SessionEvent, SessionRequest?, String?)
        case settle(String)
        case cancel(String)
    }

    let micros: Int64
    let step: Step

    init(json: JSONValue) throws(ReplayFault) {
        guard let seconds = json["time"]?.doubleValue ?? json["time"]?.intValue.map(Double.init), seconds.magnitude < 9e12 else {
            throw ReplayFault("an event has a time in seconds")
        }
        micros = Int64(seconds * 1e6)
        if let name = json["settle"]?.stringValue {
            step = .settle(name)
        } else if let name = json["cancel"]?.stringValue {
            step = .cancel(name)
        } else {
            step = try Self.event(json)
        }
    }

    private static func event(_ json: JSONValue) throws(ReplayFault) -> Step {
        guard let action = try entity(json, "action") else { throw ReplayFault("an event has an action, is settled or is cancelled") }
        let principal = try entity(json, "principal")
        let resource = try entity(json, "resource")
        var fields = try record(json, "fields")
        if let principal, fields["callerPrincipal"] == nil { fields = fields.setting("callerPrincipal", to: .entity(principal)) }
        if let resource, fields["callerResource"] == nil { fields = fields.setting("callerResource", to: .entity(resource)) }
        for name in ["input", "output"] where json[name] != nil { fields = fields.setting(Text(name), to: .record(try record(json, name))) }
        var context = try record(json, "context")
        if context["input"] == nil, let input = fields["input"] { context = context.setting("input", to: input) }
        let event = SessionEvent(action: action, kind: Text(json["kind"]?.stringValue ?? "request"), fields: fields)
        var request: SessionRequest?
        if let principal, let resource { request = SessionRequest(principal: principal, resource: resource, context: context) }
        return .event(event, request, json["id"]?.stringValue)
    }

    private static func record(_ json: JSONValue, _ name: String) throws(ReplayFault) -> RecordValue {
        guard let value = json[name] else { return .empty }
        do throws(EntitiesError) {
            return try RecordValue(json: value)
        } catch {
            throw ReplayFault("\(name): \(error)")
        }
    }

    /// As it stands in a policy, or as JSON.
    private static func entity(_ json: JSONValue, _ name: String) throws(ReplayFault) -> EntityUID? {
        guard let value = json[name] else { return nil }
        do {
            if let text = value.stringValue { return try EntityUID(parsing: text) }
            return try EntityUID(json: value)
        } catch {
            throw ReplayFault("\(name): \(error)")
        }
    }
}

struct ReplayFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
