internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import RPC
internal import Wire

/// AuthZEN's Authorization API 1.0: evaluation, evaluations, search, and where they are.
struct AccessRoutes: Sendable {
    let services: Backends
    let directory: any DirectoryStore
    let place: PublicPlace
    private typealias Field = Shape.Field

    init(services: Backends, directory: any DirectoryStore, place: PublicPlace) {
        self.services = services
        self.directory = directory
        self.place = place
    }

    var endpoints: [Endpoint] { [metadata, evaluation, evaluations] + AccessPart.allCases.map(search) }

    /// Asking is not doing: it wants no key, and a second time is a second decision.
    private func endpoint(
        _ id: String, _ path: String, _ summary: String, body: Shape, answer: Shape, run: @escaping @Sendable (Exchange) async throws -> Reply
    ) -> Endpoint {
        Endpoint(
            id, .post, path, summary, .needs(.read), write: .checked, headers: [AccessShapes.requestID], body: body,
            answers: [Endpoint.Answer(shape: answer)], handler: .checked(run))
    }

    private var metadata: Endpoint {
        Endpoint(
            "getAuthZENConfiguration", .get, AccessMetadata.path, "Where AuthZEN's endpoints are, and what they can do", .open,
            answer: AccessShapes.metadata
        ) { exchange in .json(AccessMetadata.document(base: try place.base(for: exchange))) }
    }

    // MARK: Evaluation

    private var evaluation: Endpoint {
        endpoint(
            "evaluateAccess", AccessMetadata.evaluation, "May the subject do this? A decision of the log",
            body: AccessShapes.evaluation, answer: AccessShapes.decision
        ) { exchange in .json(try await single(try AccessBatch(single: exchange.body), exchange)) }
    }

    private var evaluations: Endpoint {
        endpoint(
            "evaluateAccesses", AccessMetadata.evaluations, "Several evaluations in one request", body: AccessShapes.evaluations,
            answer: AccessShapes.decisions
        ) { exchange in
            let batch = try AccessBatch(exchange.body)
            if batch.isSingle { return .json(try await single(batch, exchange)) }
            let answers = try await ask(batch, exchange)
            return .json(["evaluations": .array(try zip(answers, batch.questions).map { try json($0, $1, exchange) })])
        }
    }

    private func single(_ batch: AccessBatch, _ exchange: Exchange) async throws -> JSONValue {
        guard let question = batch.questions.first, let answer = try await ask(batch, exchange).first else { throw Self.unanswered }
        if let fault = answer.fault { throw fault.problem }
        return try json(answer, question, exchange)
    }

    /// One answer each, in their order; fewer where the semantic stops early.
    private func ask(_ batch: AccessBatch, _ exchange: Exchange) async throws -> [PolicyAccessV1.Answer] {
        let session = try exchange.requireSession()
        let subjects = SubjectRoles(directory: directory, session: session)
        let questions = try await subjects.wire(batch.questions)
        return try await services.access.evaluate(
            .init(questions: questions, semantic: batch.semantic.wire), options: exchange.options
        ).answers
    }

    private func json(_ answer: PolicyAccessV1.Answer, _ question: AccessQuestion, _ exchange: Exchange) throws -> JSONValue {
        if let fault = answer.fault { return fault.json }
        let isOwn = question.subject.id == exchange.session?.principal
        guard let decided = AccessAnswer(answer, isOwn: isOwn) else { throw Self.unanswered }
        return decided.json(
            supported: AccessContext(question).obligationsSupported, endpoint: try place.base(for: exchange) + AccessMetadata.requests)
    }

    private static let unanswered = Problem(500, code: "NO_DECISION", title: "The decision was not made")

    // MARK: Search

    private func search(_ part: AccessPart) -> Endpoint {
        endpoint(
            "search\(part.title)s", AccessMetadata.search(part), AccessShapes.summary(ofSearch: part),
            body: AccessShapes.search(part), answer: AccessShapes.results(part)
        ) { exchange in
            let search = try AccessSearch(part, exchange.body)
            let subjects = SubjectRoles(directory: directory, session: try exchange.requireSession())
            var request = PolicyAccessV1.SearchRequest(
                kind: part.wire, question: try await subjects.wire([search.question]).first, cursor: search.cursor,
                limit: UInt32(clamping: search.limit ?? 0), wantsNone: search.limit == 0)
            if part == .subject { request.candidates = try await subjects.candidates(ofType: search.question.subject.type) }
            let answer = try await services.access.search(request, options: exchange.options)
            let supported = AccessContext(search.question).obligationsSupported
            let results = answer.results.compactMap { Self.result($0, part, supported) }
            return .json([
                "page": ["next_token": .string(search.token(next: answer.nextCursor)), "count": .int(Int64(results.count))],
                "results": .array(results),
            ])
        }
    }

    /// Nil where it comes with an obligation that the caller says it cannot meet.
    private static func result(_ found: PolicyAccessV1.Found, _ part: AccessPart, _ supported: Set<String>?) -> JSONValue? {
        var members: JSONObject = part == .action ? ["name": .string(found.id)] : ["type": .string(found.type), "id": .string(found.id)]
        let obligations = AccessObligations.json(
            AccessAnswer.obligations(found.obligationsJSON), input: try? JSONValue(parsing: found.inputJSON))
        guard !obligations.isEmpty else { return .object(members) }
        if let supported, !supported.contains(AccessObligations.type) { return nil }
        members["context"] = ["obligations": .array(obligations)]
        return .object(members)
    }
}

/// Which roles the people have that are asked about. They are the tenant's own: nobody says of another what they are.
struct SubjectRoles: Sendable {
    private static let person = "User"

    let directory: any DirectoryStore
    let session: Session

    func wire(_ questions: [AccessQuestion]) async throws -> [PolicyAccessV1.Question] {
        var known: [String: [String]] = [session.principal: session.roles]
        var wire: [PolicyAccessV1.Question] = []
        for question in questions {
            let id = question.subject.id
            guard question.subject.type == Self.person, !id.isEmpty else {
                wire.append(question.wire(roles: []))
                continue
            }
            if known[id] == nil {
                known[id] = try await directory.memberships(of: id).filter { $0.tenant.id == session.tenant }.flatMap(\.roles)
            }
            wire.append(question.wire(roles: known[id] ?? []))
        }
        return wire
    }

    func candidates(ofType type: String) async throws -> [PolicyAccessV1.Candidate] {
        guard type == Self.person else { return [] }
        return try await directory.members(of: session.tenant).map { PolicyAccessV1.Candidate(id: $0.email, roles: $0.roles) }
    }
}
