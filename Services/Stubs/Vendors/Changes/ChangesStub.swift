internal import FoundationEssentials
internal import JSON

/// A configuration service: targets with settings, each a text with a revision. Writing the same value twice is one change.
struct ChangesStub: VendorStub {
    struct Setting {
        var value: String
        var revision: Int64
        var updated: String
    }

    static let name = "changes"
    private var targets: [String: [String: Setting]] = [:]

    func throttled(retryAfterSeconds: Int) -> StubResponse {
        StubResponse(429, ["error": "too many requests"], headers: [("Retry-After", String(retryAfterSeconds))])
    }

    mutating func handle(_ call: StubCall, journal: inout EffectJournal) -> StubResponse {
        guard call.request.bearerToken != nil else { return StubResponse(401, ["error": "a token is needed"]) }
        guard call.path.count == 4, call.path[0] == "targets", call.path[2] == "settings" else { return StubResponse(404, ["error": "not found"]) }
        let (target, name) = (call.path[1], call.path[3])
        switch call.request.method {
        case "GET":
            guard let setting = targets[target]?[name] else { return StubResponse(404, ["error": .string("\(target) has no setting \(name)")]) }
            return StubResponse(200, Self.json(target, name, setting))
        case "PUT": return put(target, name, call, &journal)
        default: return StubResponse(405, ["error": "use GET or PUT"], headers: [("Allow", "GET, PUT")])
        }
    }

    private mutating func put(_ target: String, _ name: String, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        guard let value = call.request.parameters?["value"]?.stringValue else { return StubResponse(422, ["error": "value must be a text"]) }
        let before = targets[target]?[name]
        if let before, before.value.utf8.elementsEqual(value.utf8) { return StubResponse(200, Self.json(target, name, before)) }
        let setting = Setting(value: value, revision: (before?.revision ?? 0) + 1, updated: call.timestamp)
        targets[target, default: [:]][name] = setting
        journal.append(
            Self.name, "setting.put", target: "\(target)/\(name)", id: String(setting.revision), content: ["value": .string(value)],
            marker: call.request.headers["idempotency-key"], at: call.now)
        return StubResponse(before == nil ? 201 : 200, Self.json(target, name, setting))
    }

    private static func json(_ target: String, _ name: String, _ setting: Setting) -> JSONValue {
        [
            "target": .string(target), "setting": .string(name), "value": .string(setting.value), "revision": .int(setting.revision),
            "updated_at": .string(setting.updated),
        ]
    }

    var state: JSONValue {
        .object(
            JSONObject(
                targets.sorted { $0.key < $1.key }.map { target, settings in
                    (target, .object(JSONObject(settings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.value)) })))
                }))
    }
}
