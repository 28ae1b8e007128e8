internal import Cedar
internal import JSON

/// Policies as authors write them: parsed, then asked about a request.
enum PolicyText {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        guard let policies = try? PolicySet(parsing: text(bytes)) else { return }
        let response = Authorizer.isAuthorized(request, policies, entities)
        try require(response == Authorizer.isAuthorized(request, policies, entities), "a decision is made alike each time")
        try require(response.decision == .deny || !response.satisfiedPermits.isEmpty, "nothing is allowed that no policy permits")
        try require(response.decision == .deny || response.satisfiedForbids.isEmpty, "nothing is allowed that a policy forbids")
    }

    private static let request = Request(
        principal: EntityUID(type: "User", id: "ann"), action: EntityUID(type: "Action", id: "read"),
        resource: EntityUID(type: "Doc", id: "plan"),
        context: (try? JSONValue(parsing: #"{"ip":{"__extn":{"fn":"ip","arg":"10.0.0.1"}},"n":5,"tags":["a","b"],"r":{"x":true}}"#))
            .flatMap { try? RecordValue(json: $0) } ?? .empty)

    private static let entities =
        (try? JSONValue(
            parsing: #"""
                [{"uid":{"type":"User","id":"ann"},"attrs":{"age":30,"role":"admin","home":{"__entity":{"type":"Doc","id":"plan"}}},
                "parents":[{"type":"Group","id":"staff"}],"tags":{"t":"v"}},{"uid":{"type":"Group","id":"staff"},"attrs":{},"parents":[]},
                {"uid":{"type":"Doc","id":"plan"},"attrs":{"owner":{"__entity":{"type":"User","id":"ann"}},"size":12},"parents":[]}]
                """#)).flatMap { try? Entities(json: $0) } ?? .none

    static let seeds: [[UInt8]] = [
        #"@id("a") permit(principal == User::"ann", action in [Action::"read", Action::"write"], resource is Doc);"#,
        #"forbid(principal in Group::"staff", action, resource) when { resource.owner == principal && context.n > 3 } unless { false };"#,
        #"permit(principal, action, resource) when { if principal has age then principal.age >= 18 else ip("10.0.0.0/8").isInRange(context.ip) };"#,
        #"permit(principal is User in Group::"staff", action, resource) when { context.tags.containsAll(["a"]) && !context.r.x };"#,
        #"permit(principal, action, resource) when { principal.role like "ad*\*" || decimal("1.23").lessThan(decimal("2.0")) };"#,
        #"permit(principal, action, resource) when { datetime("2024-10-15").offset(duration("1d2h")) < datetime("2025-01-01T00:00:00Z") };"#,
        #"permit(principal, action, resource) when { {a: 1, "b": [1, 2]}["a"] * -3 + 2 == -1 && principal.hasTag("t") && principal.getTag("t") == "v" };"#,
    ].map { Array($0.utf8) }

    static let words = [
        "permit(", "forbid(", "principal", "action", "resource", "context", "when {", "unless {", "};", " has ", " like ", " is ", " in ", "&&", "||",
        "==", "!=",
        "<=", "if ", " then ", " else ", "User::\"ann\"", ".contains(", ".containsAll(", ".containsAny(", ".isEmpty()", "ip(\"", "decimal(\"",
        "datetime(\"",
        "duration(\"", ".isIpv4()", ".isInRange(", ".toDate()", ".hasTag(", ".getTag(", "@id(\"", "\\u{1F600}", "9223372036854775807", "-",
    ]
}
