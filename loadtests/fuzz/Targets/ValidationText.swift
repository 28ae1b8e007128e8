internal import Cedar
internal import JSON

/// Policies held against a schema, which stands before them where there is a line `---`.
enum ValidationText {
    private static let separator = "\n---\n"

    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        let parts = split(text(bytes))
        guard let policies = try? PolicySet(parsing: parts.policies) else { return }
        guard let own = parts.schema else { return try hold(policies) }
        guard let schema = try? Schema(parsing: own) else { return }
        try compare(policies, schema)
    }

    /// What is valid strictly is valid permissively, and what is valid at a level is valid.
    private static func compare(_ policies: PolicySet, _ schema: Schema) throws(BrokenPromise) {
        // Few steps, since a fuzzer looks for what is wrong and not for what is slow.
        let strict = PolicyValidator(schema, stepsMax: 200_000).validate(policies)
        let permissive = PolicyValidator(schema, mode: .permissive, stepsMax: 200_000).validate(policies)
        try require(!strict.isValid || permissive.isValid, "what is valid strictly is valid permissively")
        let level = PolicyValidator(schema, level: 1, stepsMax: 200_000).validate(policies)
        try require(!level.isValid || strict.isValid, "what is valid at a level is valid")
    }

    /// A valid policy errs only by what types do not tell: overflow, entities that are not there, and extension values out of range.
    private static func hold(_ policies: PolicySet) throws(BrokenPromise) {
        guard let schema, let entities, let request else { throw BrokenPromise(description: "the schema and what fits it can be read") }
        try compare(policies, schema)
        guard PolicyValidator(schema, mode: .permissive, stepsMax: 200_000).validate(policies).isValid else { return }
        for error in Authorizer.isAuthorized(request, policies, entities).errors {
            switch error.error.fault {
            case .integerOverflow, .entityDoesNotExist, .extensionFailed: continue
            default: throw BrokenPromise(description: "a valid policy errs: \(error.error)")
            }
        }
        guard PolicyValidator(schema, level: 2, stepsMax: 200_000).validate(policies).isValid else { return }
        let all = Authorizer.isAuthorized(request, policies, entities)
        let slice = try? entities.slice(for: request, level: 2)
        try require(slice.map { Authorizer.isAuthorized(request, policies, $0) } == all, "a slice of the level decides as all entities do")
    }

    private static func split(_ text: String) -> (schema: String?, policies: String) {
        let bytes = Array(text.utf8)
        let mark = Array(separator.utf8)
        guard bytes.count >= mark.count, let start = (0...bytes.count - mark.count).first(where: { bytes[$0..<$0 + mark.count].elementsEqual(mark) })
        else { return (nil, text) }
        return (String(decoding: bytes[..<start], as: UTF8.self), String(decoding: bytes[(start + mark.count)...], as: UTF8.self))
    }

    private static let schema = try? Schema(
        parsing: """
            entity User in [Group] { age: Long, name: String, nick?: String, boss: User, home: { city: String, zip?: Long }, ips: Set<ipaddr>, score?: decimal } tags String;
            entity Group;
            entity Tier enum ["free", "paid"];
            entity Doc { owner: User, tier: Tier, at?: datetime };
            action read, write in [all] appliesTo { principal: User, resource: Doc, context: { n: Long, ip?: ipaddr, who: User, tags: Set<String> } };
            action all;
            """)

    private static let entities =
        (try? JSONValue(
            parsing: #"""
                [{"uid":{"type":"User","id":"ann"},"attrs":{"age":30,"name":"ann","boss":{"type":"User","id":"bob"},"home":{"city":"x"},"ips":["10.0.0.1"]},
                  "parents":[{"type":"Group","id":"staff"}],"tags":{"t":"v"}},
                 {"uid":{"type":"User","id":"bob"},"attrs":{"age":-9223372036854775808,"name":"b","nick":"bo","boss":{"type":"User","id":"ann"},
                  "home":{"city":"","zip":1},"ips":[],"score":"1.5"},"parents":[]},
                 {"uid":{"type":"Group","id":"staff"},"attrs":{},"parents":[]},
                 {"uid":{"type":"Doc","id":"plan"},"attrs":{"owner":{"type":"User","id":"bob"},"tier":{"type":"Tier","id":"free"}},"parents":[]}]
                """#)).flatMap { json in schema.flatMap { try? Entities(json: json, shapes: $0) } }

    private static let request =
        (try? JSONValue(
            parsing: #"{"n":5,"who":{"type":"User","id":"bob"},"tags":["a"]}"#)).flatMap { json -> Request? in
            let action = EntityUID(type: "Action", id: "read")
            guard let shape = schema?.context(of: action), let context = try? RecordValue(json: json, shape: shape) else { return nil }
            return Request(
                principal: EntityUID(type: "User", id: "ann"), action: action, resource: EntityUID(type: "Doc", id: "plan"), context: context)
        }

    static let seeds: [[UInt8]] = [
        #"permit(principal is User, action == Action::"read", resource) when { principal has nick && principal.nick like "a*" };"#,
        #"permit(principal, action in [Action::"all"], resource is Doc) when { resource.owner.boss.home has zip && resource.owner.boss.home.zip > 3 };"#,
        #"forbid(principal in Group::"staff", action, resource) unless { principal.hasTag("t") && principal.getTag("t") == "v" || context.n + 1 > 2 };"#,
        #"permit(principal, action, resource) when { if context has ip then context.ip.isInRange(ip("10.0.0.0/8")) else principal.ips.isEmpty() };"#,
        #"permit(principal, action, resource) when { [1, 2].contains(context.n) && {a: principal, "b": 1}.a in resource.owner && resource.tier == Tier::"paid" };"#,
        #"permit(principal, action, resource) when { resource has at && resource.at < datetime("2024-01-01").offset(duration("1d")) && principal has score };"#,
        "entity U { x?: Long, y: { z: U } }; action a appliesTo { principal: U, resource: U };\n---\npermit(principal, action, resource) when { principal has y.z.x && principal.y.z.x == 1 };",
    ].map { Array($0.utf8) }

    static let words =
        PolicyText.words + SchemaText.words + [
            ".age", ".name", ".nick", ".boss", ".home.city", ".home.zip", ".ips", ".score", ".owner", ".tier", ".at", "context.n", "context.ip",
            "context.who",
            "context.tags", "Tier::\"free\"", "Group::\"staff\"", "Action::\"all\"", "Action::\"read\"", "has home.zip", separator,
        ]
}
