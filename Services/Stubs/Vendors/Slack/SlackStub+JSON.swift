internal import JSON

extension SlackStub {
    static func failure(_ code: String) -> StubResponse { StubResponse(200, ["ok": false, "error": .string(code)]) }

    static func json(_ message: Message, withMetadata: Bool) -> JSONValue {
        var object: JSONObject = ["type": "message", "text": .string(message.text), "ts": .string(message.timestamp), "bot_id": "B0PROVABLE"]
        if let thread = message.thread { object["thread_ts"] = .string(thread) }
        if withMetadata, let metadata = message.metadata { object["metadata"] = metadata }
        return .object(object)
    }

    static func textProblem(_ parameters: JSONObject) -> String? {
        guard let text = parameters["text"]?.stringValue, !text.isEmpty else { return "no_text" }
        return text.unicodeScalars.count > textLimit ? "msg_too_long" : nil
    }

    static func number(_ value: JSONValue?) -> Int? { value?.intValue.map { Int($0) } ?? value?.stringValue.flatMap { Int($0) } }

    var state: JSONValue {
        .object(
            JSONObject(
                channels.sorted { $0.name < $1.name }.map { channel in
                    ("#\(channel.name)", ["id": .string(channel.id), "messages": .array(channel.messages.map { Self.json($0, withMetadata: true) })])
                }))
    }
}
