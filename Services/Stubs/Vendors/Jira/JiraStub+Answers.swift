internal import JSON

extension JiraStub {
    static let notADocument = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"

    static func refusal(_ status: Int, _ message: String) -> StubResponse {
        StubResponse(status, ["errorMessages": [.string(message)], "errors": [:]])
    }

    static func refusal(_ status: Int, fields: [String: String]) -> StubResponse {
        let errors = JSONObject(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        return StubResponse(status, ["errorMessages": [], "errors": .object(errors)])
    }

    /// Field to complaint, in Jira's words.
    static func problems(in fields: JSONObject) -> [String: String] {
        var problems: [String: String] = [:]
        let project = fields["project"]?["key"]?.stringValue ?? ""
        if project.isEmpty || project.hasPrefix("MISSING") { problems["project"] = "valid project is required" }
        let summary = fields["summary"]?.stringValue ?? ""
        if summary.isEmpty { problems["summary"] = "You must specify a summary of the issue." }
        if summary.contains("\n") { problems["summary"] = "The summary is invalid because it contains newline characters." }
        if summary.unicodeScalars.count > 255 { problems["summary"] = "Summary must be less than 255 characters." }
        if fields["issuetype"]?["name"]?.stringValue ?? "" == "" { problems["issuetype"] = "Specify an issue type" }
        if let description = fields["description"], !description.isNull, !isDocument(description) { problems["description"] = notADocument }
        for label in fields["labels"]?.arrayValue ?? [] where label.stringValue?.contains(" ") != false {
            problems["labels"] = "The label '\(label.stringValue ?? "")' contains spaces which is invalid."
        }
        return problems
    }

    static func isDocument(_ value: JSONValue) -> Bool {
        value["type"]?.stringValue == "doc" && value["version"]?.intValue == 1 && value["content"]?.arrayValue != nil
    }

    /// The text of an Atlassian document, one line per block.
    static func plainText(_ document: JSONValue) -> String {
        if let text = document["text"]?.stringValue { return text }
        if document["type"]?.stringValue == "hardBreak" { return "\n" }
        let separator = document["type"]?.stringValue == "doc" ? "\n\n" : ""
        return (document["content"]?.arrayValue ?? []).map(plainText).joined(separator: separator)
    }

    func comments(_ issue: Issue, _ call: StubCall) -> StubResponse {
        let start = call.request.query["startAt"].flatMap { Int($0) } ?? 0
        let size = min(5_000, max(1, call.request.query["maxResults"].flatMap { Int($0) } ?? 50))
        let ordered = call.request.query["orderBy"] == "-created" ? issue.comments.reversed() : issue.comments
        let shown = ordered.dropFirst(max(0, start)).prefix(size)
        return StubResponse(
            200,
            [
                "startAt": .int(Int64(start)), "maxResults": .int(Int64(size)), "total": .int(Int64(issue.comments.count)),
                "comments": .array(shown.map { Self.json($0, issue, call) }),
            ])
    }

    /// `labels = "x"`, alone or joined by AND with `project = KEY`.
    func search(_ query: String, _ call: StubCall) -> StubResponse {
        var found = issues.values.sorted { $0.id > $1.id }
        for clause in query.split(separator: " AND ") {
            let parts = clause.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\"" } }
            guard parts.count == 2 else { return Self.refusal(400, "Error in the JQL Query: expecting an operator.") }
            switch parts[0] {
            case "labels": found = found.filter { $0.labels.contains(String(parts[1])) }
            case "project": found = found.filter { $0.project == String(parts[1]) }
            default: return Self.refusal(400, "Field '\(parts[0])' does not exist or you do not have permission to view it.")
            }
        }
        return StubResponse(200, ["issues": .array(found.prefix(50).map { Self.json($0, call) }), "isLast": .bool(found.count <= 50)])
    }

    static func json(_ status: Status) -> JSONValue {
        [
            "id": .string(status.transition), "name": .string(status.name), "to": ["id": .string(status.id), "name": .string(status.name)],
            "isAvailable": true,
        ]
    }

    static func json(_ comment: Comment, _ issue: Issue, _ call: StubCall) -> JSONValue {
        [
            "id": .string(String(comment.id)), "self": .string("\(call.base)/rest/api/3/issue/\(issue.id)/comment/\(comment.id)"),
            "body": comment.body,
            "properties": .array(comment.properties), "created": .string(comment.created),
        ]
    }

    static func json(_ issue: Issue, _ call: StubCall) -> JSONValue {
        [
            "id": .string(String(issue.id)), "key": .string(issue.key), "self": .string("\(call.base)/rest/api/3/issue/\(issue.id)"),
            "fields": [
                "summary": .string(issue.summary), "description": issue.description, "issuetype": ["name": .string(issue.type)],
                "project": ["key": .string(issue.project)], "labels": .array(issue.labels.map { .string($0) }),
                "status": ["id": .string(issue.status.id), "name": .string(issue.status.name)], "created": .string(issue.created),
            ],
        ]
    }

    var state: JSONValue {
        .object(
            JSONObject(
                issues.values.sorted { $0.id < $1.id }.map { issue in
                    (
                        issue.key,
                        [
                            "summary": .string(issue.summary), "status": .string(issue.status.name), "type": .string(issue.type),
                            "labels": .array(issue.labels.map { .string($0) }),
                            "comments": .array(issue.comments.map { .string(Self.plainText($0.body)) }),
                        ]
                    )
                }))
    }
}
