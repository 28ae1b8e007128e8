internal import JSON

/// Answers in GitHub's own shapes, cut to the members that its documentation always has.
extension GitHubStub {
    static let docs: JSONValue = "https://docs.github.com/rest"

    static func refusal(_ status: Int, _ message: String) -> StubResponse {
        StubResponse(status, ["message": .string(message), "documentation_url": docs, "status": .string(String(status))])
    }

    static func json(_ repository: Repository, _ call: StubCall) -> JSONValue {
        [
            "id": .int(repository.id), "name": .string(repository.name), "full_name": .string(repository.fullName), "private": true,
            "owner": ["login": .string(repository.owner), "type": "Organization"], "archived": .bool(repository.isArchived),
            "url": .string("\(call.base)/repos/\(repository.fullName)"), "html_url": .string("https://github.com/\(repository.fullName)"),
            "default_branch": "main",
        ]
    }

    static func json(_ repository: Repository, _ issue: Issue, _ call: StubCall) -> JSONValue {
        let path = "/repos/\(repository.fullName)/issues/\(issue.number)"
        return [
            "id": .int(repository.id * 100_000 + issue.number), "number": .int(issue.number), "title": .string("Issue \(issue.number)"),
            "state": .string(issue.state), "comments": .int(Int64(issue.comments.count)), "url": .string(call.base + path),
            "comments_url": .string(call.base + path + "/comments"),
            "html_url": .string("https://github.com/\(repository.fullName)/issues/\(issue.number)"),
        ]
    }

    static func json(_ comment: Comment, _ repository: Repository, _ number: Int64, _ call: StubCall) -> JSONValue {
        [
            "id": .int(comment.id), "body": .string(comment.body), "user": ["login": .string(comment.author), "type": "Bot"],
            "created_at": .string(comment.created), "updated_at": .string(comment.created),
            "url": .string("\(call.base)/repos/\(repository.fullName)/issues/comments/\(comment.id)"),
            "html_url": .string("https://github.com/\(repository.fullName)/issues/\(number)#issuecomment-\(comment.id)"),
        ]
    }

    var state: JSONValue {
        .object(
            JSONObject(
                allRepositories.map { repository in
                    let issues = repository.issues.values.sorted { $0.number < $1.number }.map { issue -> (String, JSONValue) in
                        (String(issue.number), .array(issue.comments.map { ["id": .int($0.id), "body": .string($0.body)] }))
                    }
                    return (repository.fullName, ["archived": .bool(repository.isArchived), "issues": .object(JSONObject(issues))])
                }))
    }
}
