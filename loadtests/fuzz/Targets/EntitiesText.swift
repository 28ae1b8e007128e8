internal import Cedar
internal import JSON

/// What a decision is asked about, as JSON.
enum EntitiesText {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let json = try? JSONValue(parsing: bytes) else { return }
        _ = try? RecordValue(json: json)
        guard let entities = try? Entities(json: json) else { return }
        for entity in entities.all {
            try require(entities[entity.uid] != nil, "an entity is found by its name")
            // A cycle would make every one an ancestor of every other.
            for parent in entity.parents where entities[parent] != nil {
                try require(entities.isMember(entity.uid, of: parent), "a child belongs to its parent")
            }
        }
    }

    static let seeds: [[UInt8]] = [
        #"[{"uid":{"type":"User","id":"ann"},"attrs":{"n":1,"s":"x","b":true,"set":[1,2],"rec":{"a":{"__entity":{"type":"A::B","id":"c"}}}},"parents":[{"type":"G","id":"1"}],"tags":{"t":"v"}},{"uid":{"__entity":{"type":"G","id":"1"}},"attrs":{},"parents":[{"type":"G","id":"2"}]}]"#,
        #"{"ip":{"__extn":{"fn":"ip","arg":"::1/64"}},"d":{"__extn":{"fn":"decimal","arg":"1.2345"}},"t":{"__extn":{"fn":"datetime","arg":"2024-02-29T23:59:59.999+0130"}},"u":{"__extn":{"fn":"duration","arg":"-1d2h3m4s5ms"}}}"#,
        #"[{"uid":{"type":"A","id":"1"},"attrs":{},"parents":[{"type":"A","id":"2"}]},{"uid":{"type":"A","id":"2"},"attrs":{},"parents":[{"type":"A","id":"1"}]}]"#,
    ].map { Array($0.utf8) }

    static let words = [
        "\"uid\"", "\"type\"", "\"id\"", "\"attrs\"", "\"parents\"", "\"tags\"", "\"__entity\"", "\"__extn\"", "\"fn\"", "\"arg\"", "\"ip\"",
        "\"decimal\"",
        "\"datetime\"", "\"duration\"", "/128", "::ffff", "T00:00:00Z",
    ]
}
