import GatewayCore
import Testing

@Suite struct RouteTableTests {
    private let table: RouteTable<String> = {
        var table = RouteTable<String>()
        table.add("GET", "/", "home")
        table.add("GET", "/v1/flows/{name}", "flow")
        table.add("POST", "/v1/flows/validate", "validate")
        table.add("GET", "/v1/runs/{id}", "run")
        table.add("POST", "/v1/runs", "start")
        table.add("GET", "/v1/runs", "runs")
        return table
    }()

    private func route(_ method: String, _ path: String) -> String? {
        if case .found(let entry, _) = table.match(method: method, path: path) { entry.route } else { nil }
    }

    @Test func literalsComeBeforePlaces() {
        #expect(route("POST", "/v1/flows/validate") == "validate")
        #expect(route("GET", "/v1/flows/validate") == "flow")
        #expect(route("GET", "/v1/flows/incident") == "flow")
        #expect(route("GET", "/") == "home")
    }

    @Test func headIsAnsweredWhereGetIs() {
        #expect(route("HEAD", "/v1/runs") == "runs")
        #expect(route("HEAD", "/v1/flows/validate") == "flow")
    }

    @Test func anotherMethodIsToldWhatThePathTakes() {
        guard case .methodNotAllowed(let methods) = table.match(method: "DELETE", path: "/v1/runs") else {
            Issue.record("was not refused as another method")
            return
        }
        #expect(methods == ["GET", "POST"])
    }

    @Test(arguments: ["/v1/nothing", "/v1", "v1/runs", "/v1/runs/a/b/c", "//v1/runs", "/v1//runs"])
    func otherPathsAreNotFound(path: String) {
        guard case .notFound = table.match(method: "GET", path: path) else {
            Issue.record("\(path) was matched")
            return
        }
    }

    @Test(arguments: ["/v1/runs/", "/v1/runs/%00", "/v1/runs/a%00b", "/v1/runs/%ff%fe", "/v1/runs/%zz", "/v1/runs/%0a", "/v1/runs/%2"])
    func aNULOrBadUTF8InAnIdIsRefusedByName(path: String) {
        guard case .malformed(_, let problem) = table.match(method: "GET", path: path) else {
            Issue.record("\(path) was taken")
            return
        }
        #expect(problem.status == 400)
        #expect(problem.errors.map(\.field) == ["id"])
    }

    @Test func valuesAreDecodedOnce() {
        guard case .found(_, let parameters) = table.match(method: "GET", path: "/v1/flows/caf%C3%A9%2520x") else {
            Issue.record("was not found")
            return
        }
        #expect(parameters == ["name": "café%20x"])
    }
}

@Suite struct QueryTextTests {
    @Test func membersAreDecodedAndEmptyOnesLeftOut() throws {
        #expect(try QueryText.members(of: "a=1&b=x+y%26z&c=&d") == ["a": "1", "b": "x y&z"])
        #expect(try QueryText.members(of: "") == [:])
    }

    @Test(arguments: [("limit=1&limit=2", "limit"), ("kind=%ff", "kind"), ("kind=a%00", "kind"), ("%ff=1", "query")])
    func whatIsAmbiguousOrUnreadableIsRefusedByName(query: String, field: String) {
        #expect {
            try QueryText.members(of: query)
        } throws: {
            ($0 as? Problem)?.errors.map(\.field) == [field]
        }
    }
}
