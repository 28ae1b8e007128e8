internal import Cedar
internal import JSON

/// Schemas in both of their syntaxes.
enum SchemaText {
    /// In Cedar's syntax: what is read is written, laid out and read again as the same.
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let fragment = try? SchemaFragment(parsing: text(bytes)) else { return }
        guard let written = try? fragment.cedarText() else { throw BrokenPromise(description: "what was read in Cedar's syntax has words in it") }
        try require((try? SchemaFragment(parsing: written)) == fragment, "a schema means the same when it is written and read again")
        try require((try? SchemaFragment(json: fragment.json)) != nil, "a schema has a JSON that is read")
        if let laidOut = try? SchemaFormatter.format(text(bytes)) {
            try require((try? SchemaFormatter.format(laidOut)) != nil, "what is laid out can be laid out again")
        }
        try compare(fragment)
    }

    /// In JSON.
    static func runJSON(_ bytes: [UInt8]) throws(BrokenPromise) {
        let fragment: SchemaFragment
        do throws(SchemaError) {
            fragment = try SchemaFragment(parsingJSON: text(bytes))
        } catch {
            try require(!error.faults.isEmpty, "a refused schema says why")
            return
        }
        try require((try? SchemaFragment(json: fragment.json)) == fragment, "JSON means the same when it is written and read again")
        try compare(fragment)
    }

    /// All ways to write a schema that means something mean the same.
    private static func compare(_ fragment: SchemaFragment) throws(BrokenPromise) {
        guard let schema = try? Schema([fragment]) else { return }
        try require((try? Schema(json: fragment.json))?.hasSameDefinitions(as: schema) == true, "its JSON says the same")
        let resolved = try? fragment.resolvingNames()
        try require(resolved.flatMap { try? Schema([$0]) }?.hasSameDefinitions(as: schema) == true, "whole names say the same")
        guard let written = try? fragment.cedarText() else { return }
        try require((try? Schema(parsing: written))?.hasSameDefinitions(as: schema) == true, "its text says the same")
    }

    static let seeds: [[UInt8]] = [
        #"@doc("x") namespace A::B { type T = Set<U>; entity U in [G] = { "a b"?: Long, t: T, r: { x: __cedar::ipaddr } } tags String; entity G; }"#,
        #"entity E enum ["a", "b"]; action g; @n action "v", w in [g, Action::"g"] appliesTo { principal: [E], resource: E, context: { x?: E } };"#,
        #"entity User in [User]; action a appliesTo { principal: User, resource: [User], context: C } attributes {}; type C = {}; // end"#,
    ].map { Array($0.utf8) }

    static let jsonSeeds: [[UInt8]] = [
        #"{"N":{"commonTypes":{"T":{"type":"Set","element":{"type":"Entity","name":"U"}}},"entityTypes":{"U":{"memberOfTypes":["G"],"shape":{"type":"Record","attributes":{"a":{"type":"T","required":false,"annotations":{"x":null}}}},"tags":{"type":"String"}},"G":{"enum":["a"]}},"actions":{"v":{"memberOf":[{"id":"g","type":"N::Action"}],"appliesTo":{"principalTypes":["U"],"resourceTypes":["G"],"context":{"type":"Record","attributes":{}}}},"g":{}},"annotations":{"d":"e"}}}"#,
        #"{"":{"entityTypes":{"A":{"shape":{"type":"Record","attributes":{"x":{"type":"Extension","name":"decimal"},"y":{"type":"EntityOrCommon","name":"__cedar::Long"}}}}},"actions":{}}}"#,
    ].map { Array($0.utf8) }

    static let words = [
        "namespace ", "entity ", "action ", "type ", " in [", " enum [", " tags ", "appliesTo {", "principal:", "resource:", "context:",
        "attributes {}",
        "Set<", "Long", "String", "Bool", "ipaddr", "decimal", "__cedar::", "Action::\"", "?: ", "};", "@doc(\"",
    ]

    static let jsonWords = [
        "\"commonTypes\"", "\"entityTypes\"", "\"actions\"", "\"annotations\"", "\"memberOfTypes\"", "\"shape\"", "\"tags\"", "\"enum\"", "\"type\"",
        "\"Record\"", "\"attributes\"", "\"Set\"", "\"element\"", "\"Entity\"", "\"EntityOrCommon\"", "\"Extension\"", "\"name\"", "\"required\"",
        "\"appliesTo\"", "\"principalTypes\"", "\"resourceTypes\"", "\"context\"", "\"memberOf\"", "\"id\"", "\"Long\"", "\"__cedar::Long\"",
    ]
}
