internal import JSON

extension ConnectorManifest {
    /// Where a template may look. Secrets are not among it: they are added to a request after everything else.
    private static let roots: Set<String> = ["input", "call", "lookup", "connection"]
    private static let methods: Set<String> = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    static func operation(_ reader: inout FieldReader, connector: String, hasHTTP: Bool) -> OperationManifest {
        let name = reader.string("name")
        if !name.hasPrefix("\(connector).") { reader.note("name", "must begin with \"\(connector).\"") }
        let input = schema(&reader, "input")
        let idempotency = IdempotencyStrategy(rawValue: reader.string("idempotency"))
        if idempotency == nil { reader.note("idempotency", "must be idempotent, keyed, read-back or unsafe") }
        let work: OperationManifest.Work
        if hasHTTP {
            let http = httpOperation(&reader)
            if (idempotency == .readBack) == http.guards.isEmpty { reader.note("guards", "must be there exactly where idempotency is read-back") }
            if let last = http.guards.last, last.member != nil { reader.note("guards", "must end with one that applies to every input") }
            checkReferences(http, input, &reader)
            work = .http(http)
        } else {
            work = .mesh
        }
        return OperationManifest(
            name: name, title: reader.string("title"), input: input, output: schema(&reader, "output"), idempotency: idempotency ?? .unsafe,
            costMicros: reader.integer("cost_micros", in: 0...1_000_000_000, default: 0),
            timeout: .milliseconds(reader.integer("timeout_ms", in: 100...120_000, default: 10_000)), work: work)
    }

    private static func schema(_ reader: inout FieldReader, _ name: String) -> InputSchema {
        guard let document = reader.take(name)?.objectValue else {
            reader.note(name, "must be a schema")
            return InputSchema([:])
        }
        let schema = InputSchema(document)
        for pointer in schema.unreadableKeywords { reader.note(name, "uses \(pointer), which is not known") }
        return schema
    }

    private static func httpOperation(_ reader: inout FieldReader) -> HTTPOperation {
        let lookups = reader.list("lookups", lookup)
        let request = reader.nested("request", request)
        if request == nil { reader.note("request", "is missing") }
        let expectations = reader.list("expect") { expectation in
            Expectation(
                field: expectation.steps("field") ?? [], value: expectation.text("equals") ?? emptyText,
                failure: expectation.choice("class", default: ErrorClass.conflict), message: expectation.text("message") ?? emptyText)
        }
        return HTTPOperation(
            lookups: lookups, request: request ?? emptyRequest, expectations: expectations, output: reader.template("result") ?? .object([]),
            guards: reader.list("guards", readBack))
    }

    private static func request(_ reader: inout FieldReader) -> RequestTemplate {
        let method = reader.string("method")
        if !methods.contains(method) { reader.note("method", "must be one of \(methods.sorted().joined(separator: ", "))") }
        let path = reader.text("path") ?? emptyText
        return RequestTemplate(
            method: method, path: path, query: reader.named("query"), headers: reader.named("headers"), body: reader.template("body"))
    }

    private static func find(_ reader: inout FieldReader) -> FindRule {
        let isContained = reader.take("contains") != nil
        let value = reader.text(isContained ? "contains" : "equals") ?? emptyText
        let fields = reader.strings("fields").map { $0.split(separator: ".").map(String.init) }
        // A dot alone means that the answer is the list.
        return FindRule(list: reader.steps("in"), fields: fields, value: value, isContained: isContained)
    }

    private static func lookup(_ reader: inout FieldReader) -> Lookup {
        let pages = reader.nested("pages") { PageRule(cursor: $0.steps("cursor") ?? [], parameter: $0.string("parameter")) }
        let missing = reader.nested("missing") { CallFailure($0.choice("class", default: ErrorClass.notFound), $0.string("message")) }
        return Lookup(
            name: reader.string("name"), request: reader.nested("request", request) ?? emptyRequest, find: reader.nested("find", find) ?? emptyFind,
            pages: pages, missing: missing ?? CallFailure(.notFound, "it was not found"))
    }

    private static func readBack(_ reader: inout FieldReader) -> ReadBackGuard {
        let settles = reader.take("settles_ms")?.intValue
        return ReadBackGuard(
            member: reader.take("with")?.stringValue, lookups: reader.list("lookups", lookup),
            request: reader.nested("request", request) ?? emptyRequest,
            find: reader.nested("find", find) ?? emptyFind, output: reader.template("result") ?? .object([]),
            settles: settles.map { .milliseconds($0) },
            isAskedFirst: reader.flag("asked_first"))
    }

    /// A reference to something that cannot be there would fail at the first call, long after the manifest was published.
    private static func checkReferences(_ http: HTTPOperation, _ input: InputSchema, _ reader: inout FieldReader) {
        let lookups = http.lookups + http.guards.flatMap(\.lookups)
        let before =
            http.request.references + lookups.flatMap { $0.request.references + $0.find.value.references }
            + http.expectations.flatMap { $0.value.references } + http.guards.flatMap { $0.request.references + $0.find.value.references }
        let after = http.output.references + http.expectations.flatMap { $0.message.references } + http.guards.flatMap(\.output.references)
        for reference in before where !roots.contains(reference.path[0]) {
            reader.note("", "${\(reference.path.joined(separator: "."))} leads nowhere")
        }
        for reference in after where !roots.union(["response", "found"]).contains(reference.path[0]) {
            reader.note("", "${\(reference.path.joined(separator: "."))} leads nowhere")
        }
        for reference in before + after where reference.path[0] == "input" && !input.propertyNames.contains(reference.path.dropFirst().first ?? "") {
            reader.note("", "${\(reference.path.joined(separator: "."))} is not in the input's schema")
        }
    }

    // Stand in for what is missing while the rest is read; the problem that was noted keeps them from ever being used.
    private static let emptyText = TextTemplate(parts: [.text("")])
    private static let emptyRequest = RequestTemplate(method: "GET", path: emptyText, query: [], headers: [], body: nil)
    private static let emptyFind = FindRule(list: nil, fields: [], value: emptyText, isContained: false)
}
