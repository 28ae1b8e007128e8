internal import FlowEngineCore
internal import JSON

/// Flow documents as authors send them.
enum FlowText {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let json = try? JSONValue(parsing: bytes) else { return }
        let reading = FlowParser.parse(json)
        try require(reading.document != nil || !reading.problems.isEmpty, "a document that is refused has a problem to be told")
    }

    static let seeds: [[UInt8]] = [
        #"{"schema":"provable.dev/flow/v1","name":"a","title":"A","nodes":[{"id":"start","type":"trigger","title":"S","trigger":{"kind":"manual"},"input":{"type":"object","required":["who"],"properties":{"who":{"type":"string","minLength":1}}},"next":"ask"},{"id":"ask","type":"approve","role":"r","title":"Give ${trigger.who}","inputs":{"who":"${trigger.who}"},"exclude":["${trigger.who}"],"ttl":"2d","on":{"approved":"grant","rejected":"end","timeout":"end"}},{"id":"grant","type":"call","title":"G","operation":"changes.change.apply","with":{"target":"x"},"on":{"success":"end","error":"end","denied":"end","timeout":"end"}},{"id":"end","type":"end","title":"E","outcome":"success"}]}"#,
        #"{"schema":"provable.dev/flow/v1","name":"b","nodes":[{"id":"s","type":"trigger","trigger":{"kind":"webhook"},"next":"c"},{"id":"c","type":"choose","when":[{"if":"trigger.n > 1","next":"e"}],"else":"w"},{"id":"w","type":"wait","for":"1h30m","next":"e"},{"id":"e","type":"end","outcome":"failure"}]}"#,
    ].map { Array($0.utf8) }

    static let words = [
        "\"schema\"", "\"provable.dev/flow/v1\"", "\"name\"", "\"title\"", "\"nodes\"", "\"id\"", "\"type\"", "\"trigger\"", "\"approve\"",
        "\"call\"", "\"end\"",
        "\"choose\"", "\"wait\"", "\"next\"", "\"on\"", "\"with\"", "\"inputs\"", "\"operation\"", "\"outcome\"", "\"ttl\"", "\"${", "}\"",
        "trigger.", "\"kind\"",
        "\"schedule\"", "\"cron\"", "\"parallel\"", "\"form\"", "\"retry\"", "\"compensate\"",
    ]
}
