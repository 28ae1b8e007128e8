internal import FoundationEssentials
internal import JSON

/// GitHub's REST API v3, as far as an incident needs it: repositories, issues, comments, archiving.
///
/// A repository or issue exists from the moment it is first named, since the events that the tests send name them freely; what starts
/// with `missing` does not.
struct GitHubStub: VendorStub {
    struct Comment {
        var id: Int64
        var body: String
        var author: String
        var created: String
    }

    struct Issue {
        var number: Int64
        var state = "open"
        var comments: [Comment] = []
    }

    struct Repository {
        var id: Int64
        var owner: String
        var name: String
        var isArchived = false
        var issues: [Int64: Issue] = [:]
        var fullName: String { "\(owner)/\(name)" }
    }

    static let name = "github"
    private var repositories: [String: Repository] = [:]
    private var lastID: Int64 = 1_000

    var allRepositories: [Repository] { repositories.values.sorted { $0.fullName < $1.fullName } }

    func throttled(retryAfterSeconds: Int) -> StubResponse {
        StubResponse(
            403,
            ["message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", "documentation_url": Self.docs],
            headers: [("Retry-After", String(retryAfterSeconds)), ("X-RateLimit-Remaining", "0")])
    }

    mutating func handle(_ call: StubCall, journal: inout EffectJournal) -> StubResponse {
        guard let token = call.request.bearerToken else { return Self.refusal(401, "Requires authentication") }
        guard !token.hasPrefix("revoked") else { return Self.refusal(401, "Bad credentials") }
        guard call.path.count >= 3, call.path[0] == "repos", !call.path[2].hasPrefix("missing") else { return Self.refusal(404, "Not Found") }
        let key = "\(call.path[1])/\(call.path[2])"
        var repository = repositories[key] ?? Repository(id: nextID(), owner: call.path[1], name: call.path[2])
        defer { repositories[key] = repository }
        switch (call.request.method, call.path.count) {
        case ("GET", 3): return StubResponse(200, Self.json(repository, call))
        case ("PATCH", 3): return update(&repository, call, &journal)
        case (let method, 5...6) where call.path[3] == "issues":
            guard let number = Int64(call.path[4]), number > 0 else { return Self.refusal(404, "Not Found") }
            guard call.path.count == 6 else {
                return method == "GET"
                    ? StubResponse(200, Self.json(repository, repository.issues[number] ?? Issue(number: number), call))
                    : Self.refusal(404, "Not Found")
            }
            guard call.path[5] == "comments" else { return Self.refusal(404, "Not Found") }
            return method == "POST" ? comment(&repository, number, call, &journal) : list(repository, number, call)
        default: return Self.refusal(404, "Not Found")
        }
    }

    private mutating func update(_ repository: inout Repository, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        guard let parameters = call.request.parameters else { return Self.refusal(400, "Problems parsing JSON") }
        if let isArchived = parameters["archived"]?.boolValue, isArchived != repository.isArchived {
            repository.isArchived = isArchived
            journal.append(
                Self.name, "repository.update", target: repository.fullName, id: String(repository.id), content: ["archived": .bool(isArchived)],
                marker: call.request.headers["idempotency-key"], at: call.now)
        }
        return StubResponse(200, Self.json(repository, call))
    }

    private mutating func comment(_ repository: inout Repository, _ number: Int64, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        guard !repository.isArchived else { return Self.refusal(403, "Repository was archived so is read-only.") }
        guard let parameters = call.request.parameters else { return Self.refusal(400, "Problems parsing JSON") }
        guard let body = parameters["body"]?.stringValue, !body.isEmpty else {
            return StubResponse(
                422,
                [
                    "message": "Validation Failed", "documentation_url": Self.docs,
                    "errors": [["resource": "IssueComment", "code": "missing_field", "field": "body"]],
                ])
        }
        let comment = Comment(id: nextID(), body: body, author: "provable[bot]", created: call.timestamp)
        repository.issues[number, default: Issue(number: number)].comments.append(comment)
        journal.append(
            Self.name, "issue.comment", target: "\(repository.fullName)#\(number)", id: String(comment.id), content: ["body": .string(body)],
            marker: Self.marker(in: body), at: call.now)
        return StubResponse(201, Self.json(comment, repository, number, call))
    }

    private func list(_ repository: Repository, _ number: Int64, _ call: StubCall) -> StubResponse {
        let since = call.request.query["since"] ?? ""
        let size = min(100, max(1, call.request.query["per_page"].flatMap { Int($0) } ?? 30))
        let page = max(1, call.request.query["page"].flatMap { Int($0) } ?? 1)
        let all = (repository.issues[number]?.comments ?? []).filter { $0.created >= since }
        let shown = all.dropFirst((page - 1) * size).prefix(size)
        let path = "\(call.base)/repos/\(repository.fullName)/issues/\(number)/comments"
        let link = all.count > page * size ? [(name: "Link", value: "<\(path)?page=\(page + 1)&per_page=\(size)>; rel=\"next\"")] : []
        return StubResponse(200, .array(shown.map { Self.json($0, repository, number, call) }), headers: link)
    }

    private mutating func nextID() -> Int64 {
        lastID += 1
        return lastID
    }

    /// The mark that a caller leaves in an HTML comment, invisible to readers.
    static func marker(in body: String) -> String? {
        guard let start = body.firstRange(of: "<!-- provable-"), let end = body[start.upperBound...].firstRange(of: " -->") else { return nil }
        return "provable-" + body[start.upperBound..<end.lowerBound]
    }
}
