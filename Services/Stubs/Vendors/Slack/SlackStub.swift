internal import FoundationEssentials
internal import JSON

/// Slack's Web API, as far as messages need it. Every answer but a throttle is 200; failures say `ok: false`.
///
/// A channel exists from the moment it is first named, with `missing…` and `archived…` for the ones that do not take messages.
struct SlackStub: VendorStub {
    struct Message {
        var timestamp: String
        var text: String
        var thread: String?
        var metadata: JSONValue?
        var isEdited = false
    }

    struct Channel {
        var id: String
        var name: String
        var messages: [Message] = []
    }

    static let name = "slack"
    static let textLimit = 40_000
    private(set) var channels: [Channel] = []
    private var lastMicros: Int64 = 0

    func throttled(retryAfterSeconds: Int) -> StubResponse {
        StubResponse(429, ["ok": false, "error": "ratelimited"], headers: [("Retry-After", String(retryAfterSeconds))])
    }

    mutating func handle(_ call: StubCall, journal: inout EffectJournal) -> StubResponse {
        guard call.path.count == 2, call.path[0] == "api" else { return StubResponse(404, nil) }
        guard var parameters = call.request.parameters else { return Self.failure("invalid_json") }
        for (key, value) in call.request.query where parameters[key] == nil { parameters[key] = .string(value) }
        guard let token = call.request.bearerToken ?? parameters["token"]?.stringValue else { return Self.failure("not_authed") }
        guard !token.hasPrefix("revoked") else { return Self.failure("invalid_auth") }
        return switch call.path[1] {
        case "auth.test": StubResponse(200, ["ok": true, "team": "stub", "user": "provable", "bot_id": "B0PROVABLE"])
        case "chat.postMessage": post(parameters, call, &journal)
        case "chat.update": update(parameters, call, &journal)
        case "conversations.list": list(parameters)
        case "conversations.history": history(parameters)
        case "conversations.replies": replies(parameters)
        default: Self.failure("unknown_method")
        }
    }

    private mutating func post(_ parameters: JSONObject, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        let index: Int
        switch channel(parameters["channel"]?.stringValue ?? "", creating: true) {
        case .success(let found): index = found
        case .failure(let refusal): return Self.failure(refusal.code)
        }
        if let problem = Self.textProblem(parameters) { return Self.failure(problem) }
        let thread = parameters["thread_ts"]?.stringValue
        if let thread, !channels[index].messages.contains(where: { $0.timestamp == thread }) { return Self.failure("thread_not_found") }
        let message = Message(
            timestamp: nextTimestamp(call.now), text: parameters["text"]?.stringValue ?? "", thread: thread, metadata: parameters["metadata"])
        channels[index].messages.append(message)
        journal.append(
            Self.name, "chat.postMessage", target: "#\(channels[index].name)", id: message.timestamp,
            content: ["text": .string(message.text), "in_thread": .bool(thread != nil)],
            marker: message.metadata?["event_payload"]?["key"]?.stringValue,
            at: call.now)
        return StubResponse(
            200,
            [
                "ok": true, "channel": .string(channels[index].id), "ts": .string(message.timestamp),
                "message": Self.json(message, withMetadata: false),
            ])
    }

    private mutating func update(_ parameters: JSONObject, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        // Unlike chat.postMessage, this one takes ids only.
        guard let index = channels.firstIndex(where: { $0.id == parameters["channel"]?.stringValue }) else {
            return Self.failure("channel_not_found")
        }
        let timestamp = parameters["ts"]?.stringValue
        guard let position = channels[index].messages.firstIndex(where: { $0.timestamp == timestamp }) else {
            return Self.failure("message_not_found")
        }
        if let problem = Self.textProblem(parameters) { return Self.failure(problem) }
        let text = parameters["text"]?.stringValue ?? ""
        if !channels[index].messages[position].text.utf8.elementsEqual(text.utf8) {
            channels[index].messages[position].text = text
            channels[index].messages[position].isEdited = true
            journal.append(
                Self.name, "chat.update", target: "#\(channels[index].name)", id: timestamp ?? "", content: ["text": .string(text)], marker: nil,
                at: call.now)
        }
        return StubResponse(200, ["ok": true, "channel": .string(channels[index].id), "ts": .string(timestamp ?? ""), "text": .string(text)])
    }

    private func list(_ parameters: JSONObject) -> StubResponse {
        let limit = min(1_000, max(1, Self.number(parameters["limit"]) ?? 100))
        let start = parameters["cursor"]?.stringValue.flatMap { Int($0) } ?? 0
        let shown = channels.dropFirst(start).prefix(limit)
        let next = start + limit < channels.count ? String(start + limit) : ""
        return StubResponse(
            200,
            [
                "ok": true,
                "channels": .array(
                    shown.map { ["id": .string($0.id), "name": .string($0.name), "is_channel": true, "is_archived": false, "is_member": true] }),
                "response_metadata": ["next_cursor": .string(next)],
            ])
    }

    /// Newest first, as Slack does it; top-level messages and not the replies to them.
    private func history(_ parameters: JSONObject) -> StubResponse {
        guard let channel = channels.first(where: { $0.id == parameters["channel"]?.stringValue }) else { return Self.failure("channel_not_found") }
        return page(channel.messages.filter { $0.thread == nil }.reversed(), parameters)
    }

    /// Oldest first, the message that began the thread among them.
    private func replies(_ parameters: JSONObject) -> StubResponse {
        guard let channel = channels.first(where: { $0.id == parameters["channel"]?.stringValue }) else { return Self.failure("channel_not_found") }
        let thread = parameters["ts"]?.stringValue
        guard let parent = channel.messages.first(where: { $0.timestamp == thread }) else { return Self.failure("thread_not_found") }
        return page([parent] + channel.messages.filter { $0.thread == thread }, parameters)
    }

    private func page(_ messages: [Message], _ parameters: JSONObject) -> StubResponse {
        let limit = min(999, max(1, Self.number(parameters["limit"]) ?? 100))
        let oldest = parameters["oldest"]?.stringValue.flatMap { Double($0) } ?? 0
        let withMetadata =
            ["true", "1"].contains(parameters["include_all_metadata"]?.stringValue ?? "") || parameters["include_all_metadata"]?.boolValue == true
        let matching = messages.filter { (Double($0.timestamp) ?? 0) > oldest }
        let shown = matching.prefix(limit).map { Self.json($0, withMetadata: withMetadata) }
        return StubResponse(
            200,
            ["ok": true, "messages": .array(shown), "has_more": .bool(matching.count > limit), "response_metadata": ["next_cursor": ""]])
    }

    // MARK: Channels and time

    private struct Refusal: Error { let code: String }

    private mutating func channel(_ reference: String, creating: Bool) -> Result<Int, Refusal> {
        let name = reference.hasPrefix("#") ? String(reference.dropFirst()) : reference
        if let index = channels.firstIndex(where: { $0.id == reference || $0.name == name }) { return .success(index) }
        guard !name.isEmpty, creating, !name.hasPrefix("missing"), !name.hasPrefix("C0") else { return .failure(Refusal(code: "channel_not_found")) }
        guard !name.hasPrefix("archived") else { return .failure(Refusal(code: "is_archived")) }
        channels.append(Channel(id: "C0STUB" + String(1_000 + channels.count), name: name))
        return .success(channels.count - 1)
    }

    /// `<seconds>.<microseconds>`, never the same twice: it is the message's id in its channel.
    private mutating func nextTimestamp(_ now: Date) -> String {
        lastMicros = max(lastMicros + 1, Int64(now.timeIntervalSince1970 * 1_000_000))
        let fraction = String(lastMicros % 1_000_000)
        return "\(lastMicros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
