internal import FoundationEssentials
internal import JSON

/// Jira Cloud's REST API v3: issues, comments, transitions, and as much JQL as looks an issue up by label.
///
/// Every project key exists but those that start with `MISSING`. The workflow lets every status follow every other.
struct JiraStub: VendorStub {
    struct Comment {
        var id: Int64
        var body: JSONValue
        var properties: [JSONValue]
        var created: String
    }

    struct Issue {
        var id: Int64
        var key: String
        var project: String
        var summary: String
        var description: JSONValue
        var type: String
        var labels: [String]
        var status = JiraStub.workflow[0]
        var comments: [Comment] = []
        var created: String
    }

    struct Status: Equatable {
        var id: String
        var name: String
        /// Of the transition that leads here.
        var transition: String
    }

    static let name = "jira"
    static let workflow = [
        Status(id: "10000", name: "To Do", transition: "11"), Status(id: "10001", name: "In Progress", transition: "21"),
        Status(id: "10002", name: "Done", transition: "31"),
    ]

    private static let firstProjectID = 10_000
    var issues: [String: Issue] = [:]
    var lastNumbers: [String: Int64] = [:]
    /// Keys, by the order of their first mention, from which their ids follow.
    private var projects: [String] = []
    private var lastID: Int64 = 10_000

    func throttled(retryAfterSeconds: Int) -> StubResponse {
        StubResponse(429, ["errorMessages": ["Rate limit exceeded."], "errors": [:]], headers: [("Retry-After", String(retryAfterSeconds))])
    }

    mutating func handle(_ call: StubCall, journal: inout EffectJournal) -> StubResponse {
        guard let authorization = call.request.headers["authorization"], authorization.hasPrefix("Basic ") || authorization.hasPrefix("Bearer ")
        else {
            return Self.refusal(401, "Client must be authenticated to access this resource.")
        }
        guard call.path.count >= 4, Array(call.path[..<3]) == ["rest", "api", "3"] else { return Self.refusal(404, "dead link") }
        let rest = Array(call.path[3...])
        switch (call.request.method, rest.count, rest[0]) {
        case ("GET", 1, "myself"): return StubResponse(200, ["accountId": "stub", "displayName": "Provable", "active": true])
        case ("GET", 2, "project") where !rest[1].hasPrefix("MISSING"):
            return StubResponse(200, ["id": .string(projectID(rest[1])), "key": .string(rest[1]), "name": .string(rest[1])])
        case ("POST", 1, "issue"): return create(call, &journal)
        case ("GET", 2, "search") where rest[1] == "jql": return search(call.request.query["jql"] ?? "", call)
        case ("POST", 2, "search") where rest[1] == "jql": return search(call.request.parameters?["jql"]?.stringValue ?? "", call)
        case (_, 2..., "issue"):
            guard var issue = issues[rest[1]] else { return Self.refusal(404, "Issue does not exist or you do not have permission to see it.") }
            let response = self.call(&issue, Array(rest[2...]), call, &journal)
            issues[rest[1]] = issue
            return response
        default: return Self.refusal(404, "dead link")
        }
    }

    private mutating func call(_ issue: inout Issue, _ rest: [String], _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        switch (call.request.method, rest) {
        case ("GET", []): return StubResponse(200, Self.json(issue, call))
        case ("GET", ["comment"]): return comments(issue, call)
        case ("POST", ["comment"]): return comment(&issue, call, &journal)
        case ("GET", ["transitions"]): return StubResponse(200, ["expand": "transitions", "transitions": .array(Self.workflow.map(Self.json))])
        case ("POST", ["transitions"]): return transition(&issue, call, &journal)
        default: return Self.refusal(405, "Method Not Allowed")
        }
    }

    private mutating func comment(_ issue: inout Issue, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        guard let body = call.request.parameters?["body"], Self.isDocument(body) else {
            return Self.refusal(400, fields: ["comment": Self.notADocument])
        }
        let properties = call.request.parameters?["properties"]?.arrayValue ?? []
        let comment = Comment(id: nextID(), body: body, properties: properties, created: call.timestamp)
        issue.comments.append(comment)
        journal.append(
            Self.name, "issue.comment", target: issue.key, id: String(comment.id), content: ["body": .string(Self.plainText(body))],
            marker: properties.first?["value"]?["key"]?.stringValue, at: call.now)
        return StubResponse(201, Self.json(comment, issue, call))
    }

    private mutating func transition(_ issue: inout Issue, _ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        // Clients send the id as a text or as a number.
        let reference = call.request.parameters?["transition"]?["id"]
        let id = reference?.stringValue ?? reference?.intValue.map { String($0) }
        guard let status = Self.workflow.first(where: { $0.transition == id }) else {
            return Self.refusal(400, "Transition id '\(id ?? "")' is not valid for this issue.")
        }
        if issue.status != status {
            issue.status = status
            journal.append(
                Self.name, "issue.transition", target: issue.key, id: issue.key, content: ["to": .string(status.name)], marker: nil, at: call.now)
        }
        return StubResponse(204, nil)
    }

    private mutating func create(_ call: StubCall, _ journal: inout EffectJournal) -> StubResponse {
        guard var fields = call.request.parameters?["fields"]?.objectValue else { return Self.refusal(400, "Field 'fields' is required.") }
        if let id = fields["project"]?["id"]?.stringValue.flatMap({ Int($0) }), projects.indices.contains(id - Self.firstProjectID) {
            fields["project"] = ["key": .string(projects[id - Self.firstProjectID])]
        }
        let problems = Self.problems(in: fields)
        guard problems.isEmpty, let project = fields["project"]?["key"]?.stringValue else { return Self.refusal(400, fields: problems) }
        let number = (lastNumbers[project] ?? 0) + 1
        lastNumbers[project] = number
        let issue = Issue(
            id: nextID(), key: "\(project)-\(number)", project: project, summary: fields["summary"]?.stringValue ?? "",
            description: fields["description"] ?? .null, type: fields["issuetype"]?["name"]?.stringValue ?? "Task",
            labels: fields["labels"]?.arrayValue?.compactMap(\.stringValue) ?? [], created: call.timestamp)
        issues[issue.key] = issue
        let marker = issue.labels.first { $0.hasPrefix("provable-") }
        journal.append(
            Self.name, "issue.create", target: project, id: issue.key,
            content: [
                "summary": .string(issue.summary), "issue_type": .string(issue.type),
                "labels": .array(issue.labels.filter { $0 != marker }.map { .string($0) }), "description": .string(Self.plainText(issue.description)),
            ], marker: marker, at: call.now)
        return StubResponse(
            201, ["id": .string(String(issue.id)), "key": .string(issue.key), "self": .string("\(call.base)/rest/api/3/issue/\(issue.id)")])
    }

    private mutating func projectID(_ key: String) -> String {
        if !projects.contains(key) { projects.append(key) }
        return String(Self.firstProjectID + (projects.firstIndex(of: key) ?? 0))
    }

    private mutating func nextID() -> Int64 {
        lastID += 1
        return lastID
    }
}
