package import JSON

extension ConnectorManifest {
    /// Reads and checks a manifest; every problem is reported at once.
    package init(_ json: JSONValue) throws(ManifestError) {
        var reader = FieldReader(json, "")
        if reader.string("schema") != Self.schema { reader.note("schema", "must be \(Self.schema)") }
        name = reader.string("name")
        if !Self.isName(name) { reader.note("name", "must be 1 to 32 of a-z, 0-9 and hyphen") }
        version = reader.string("version")
        if !Self.isVersion(version) { reader.note("version", "must be three numbers with dots, as a text") }
        title = reader.string("title")
        secrets = reader.list("secrets") { SecretField(name: $0.string("name"), title: $0.string("title")) }
        for field in secrets where !Self.isField(field.name) {
            reader.note("secrets", "\"\(field.name)\" must be 1 to 32 of a-z, 0-9 and underscore")
        }
        http = reader.nested("http", Self.access)
        webhook = reader.nested("webhook") { Webhook(scheme: $0.choice("scheme", default: WebhookScheme.github), secret: $0.string("secret")) }
        let (prefix, hasHTTP) = (name, http != nil)
        operations = reader.list("operations") { Self.operation(&$0, connector: prefix, hasHTTP: hasHTTP) }
        let problems = reader.finished() + crossProblems()
        guard problems.isEmpty else { throw ManifestError(problems: problems) }
    }

    private static func access(_ reader: inout FieldReader) -> HTTPAccess {
        let egress = reader.list("egress") { rule in
            EgressRule(
                hosts: rule.strings("hosts").map { HostPattern($0) }, methods: Set(rule.strings("methods")),
                paths: rule.strings("paths").map { PathPattern($0) })
        }
        if egress.isEmpty { reader.note("egress", "must allow something") }
        var base: VendorURL?
        if let text = reader.take("base_url")?.stringValue {
            do { base = try VendorURL(text) } catch { reader.note("base_url", error.description) }
        }
        return HTTPAccess(
            baseURL: base, headers: reader.named("headers"), authentication: reader.nested("auth", authentication) ?? .none, egress: egress,
            failures: reader.nested("failures", failures))
    }

    private static func authentication(_ reader: inout FieldReader) -> Authentication {
        switch reader.string("scheme") {
        case "bearer": return .bearer(secret: reader.string("secret"))
        case "basic": return .basic(user: reader.string("user"), password: reader.string("password"))
        default:
            reader.note("scheme", "must be bearer or basic")
            return .none
        }
    }

    private static func failures(_ reader: inout FieldReader) -> FailureRules {
        let field = reader.string("field")
        let value = reader.take("value") ?? .bool(false)
        let code = reader.string("code")
        var classes: [String: ErrorClass] = [:]
        for (name, json) in reader.take("classes")?.objectValue ?? [:] {
            guard let errorClass = json.stringValue.flatMap(ErrorClass.init) else {
                reader.note("classes", "\(name) names no error class")
                continue
            }
            classes[name] = errorClass
        }
        return FailureRules(field: field, value: value, code: code, classes: classes, retryable: Set(reader.strings("retryable", isRequired: false)))
    }

    // MARK: What one member says about another

    private func crossProblems() -> [ManifestProblem] {
        let known = Set(secrets.map(\.name))
        var used: [String] = webhook.map { [$0.secret] } ?? []
        switch http?.authentication {
        case .bearer(let secret): used.append(secret)
        case .basic(let user, let password): used += [user, password]
        case .some(.none), nil: break
        }
        var problems = used.filter { !known.contains($0) }.map {
            ManifestProblem(pointer: "/secrets", message: "the secret \($0) is used and not declared")
        }
        if operations.isEmpty { problems.append(ManifestProblem(pointer: "/operations", message: "must not be empty")) }
        if Set(operations.map(\.name)).count != operations.count {
            problems.append(ManifestProblem(pointer: "/operations", message: "names an operation twice"))
        }
        for (index, operation) in operations.enumerated() { problems += egressProblems(operation, "/operations/\(index)") }
        return problems
    }

    /// A request that the manifest's own allow-list would refuse is a mistake in one of the two.
    private func egressProblems(_ operation: OperationManifest, _ pointer: String) -> [ManifestProblem] {
        guard case .http(let work) = operation.work, let http else { return [] }
        let lookups = work.lookups + work.guards.flatMap(\.lookups)
        let requests = [work.request] + lookups.map(\.request) + work.guards.map(\.request)
        return requests.filter { request in
            !http.egress.contains { rule in rule.methods.contains(request.method) && rule.paths.contains { $0.matches(request.samplePath) } }
        }.map { ManifestProblem(pointer: pointer, message: "\($0.method) \($0.samplePath) is not in the egress list") }
    }

    static func isName(_ text: String) -> Bool { isPlain(text, "-") }
    static func isField(_ text: String) -> Bool { isPlain(text, "_") }

    private static func isPlain(_ text: String, _ extra: Character) -> Bool {
        (1...32).contains(text.utf8.count) && text.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == extra }
    }

    private static func isVersion(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { UInt16($0) != nil }
    }
}

extension RequestTemplate {
    /// The path with something plain in place of each reference.
    var samplePath: String { path.parts.map { if case .text(let text) = $0 { text } else { "x" } }.joined() }
}
