internal import GatewayCore
internal import JSON

/// Bodies of AuthZEN: evaluation, evaluations, searches, access requests.
enum AccessText {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let json = try? JSONValue(parsing: bytes) else { return }
        if let single = try? AccessBatch(single: json) { try check(single) }
        if let batch = try? AccessBatch(json) { try check(batch) }
        for part in AccessPart.allCases {
            guard let search = try? AccessSearch(part, json) else { continue }
            let token = search.token(next: [1, 2, 3])
            try require(search.token(next: [1, 2, 3]) == token, "a token is the same for the same place")
        }
        _ = try? AccessSubmission(json)
        guard let members = json.objectValue else { return }
        var reader = AccessQuestionReader()
        let question = reader.question(members)
        try require((question == nil) != reader.problems.isEmpty, "what is refused says why, and what is taken has no problem")
        if let question {
            try check(question)
            _ = AccessContext(question)
        }
    }

    private static func check(_ batch: AccessBatch) throws(BrokenPromise) {
        try require((1...AccessBatch.questionsMax).contains(batch.questions.count), "a batch asks something, and not too much")
        try require(!batch.isSingle || batch.questions.count == 1, "a single question is one")
        for question in batch.questions { try check(question) }
    }

    private static func check(_ question: AccessQuestion) throws(BrokenPromise) {
        for name in [question.subject.type, question.subject.id, question.action, question.resource.type, question.resource.id] {
            try require((1...AccessQuestionReader.nameBytesMax).contains(name.utf8.count), "a name is there, and is not too long")
            try require(name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a name holds no control character")
        }
        try require(question.context["grants"] == nil && question.context["input"] == nil, "nobody says of themselves what approvals say")
    }

    static let seeds: [[UInt8]] = [
        #"{"subject":{"type":"User","id":"ann","properties":{"a":1.5}},"action":{"name":"pay","properties":{"amount":3}},"resource":{"type":"A::B","id":"x"},"context":{"time":"now"}}"#,
        #"{"subject":{"type":"User","id":"ann"},"evaluations":[{"action":{"name":"pay"},"resource":{"type":"Shop","id":"1"}},{"action":{"name":"read"},"resource":{"type":"Shop","id":"2"}}],"options":{"evaluations_semantic":"deny_on_first_deny"}}"#,
        #"{"subject":{"type":"User"},"action":{"name":"pay"},"resource":{"type":"Shop","id":"1"},"page":{"limit":5,"token":"AAAA"}}"#,
        #"{"subject":{"type":"User","id":"a"},"resource":{"type":"Shop","id":"1"},"page":{}}"#,
    ].map { Array($0.utf8) }

    static let words = [
        "\"subject\"", "\"action\"", "\"resource\"", "\"context\"", "\"type\"", "\"id\"", "\"name\"", "\"properties\"", "\"evaluations\"",
        "\"options\"", "\"evaluations_semantic\"", "\"execute_all\"", "\"permit_on_first_permit\"", "\"page\"", "\"token\"", "\"limit\"",
        "\"denial\"", "\"evaluation_id\"", "\"expires_at\"", "\"requested_access\"", "\"justification\"", "\"grants\"", "\"input\"", "\"approval\"",
    ]
}
