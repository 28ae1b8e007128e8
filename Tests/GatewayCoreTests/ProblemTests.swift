import GatewayCore
import JSON
import Testing

@Suite struct ProblemTests {
    @Test func aProblemIsWrittenAsRFC9457SaysAndMore() {
        let problem = Problem.invalid([
            FieldProblem(field: "/flow", message: "is missing", fix: "send it"),
            FieldProblem(field: "/policies", message: "broke off", fix: "mend line 3", members: ["line": 3]),
        ])
        let json = problem.json(instance: "/v1/runs", trace: "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(json["type"] == "urn:provable:problem:INVALID_REQUEST")
        #expect(json["status"] == 400)
        #expect(json["instance"] == "/v1/runs")
        #expect(json["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(json["detail"] == "/flow is missing: send it")
        #expect(json["errors"]?[1] == ["field": "/policies", "message": "broke off", "fix": "mend line 3", "line": 3])
    }

    @Test func anOperationAddsMembersOfItsOwn() {
        let problem = Problem(422, code: "FLOW_INVALID", title: "The flow has errors", members: ["problems": [["severity": "error"]]])
        #expect(problem.json(instance: "/", trace: "")["problems"]?[0]?["severity"] == "error")
    }
}

@Suite struct StatusMappingTests {
    private func problem(_ code: Int, _ reason: String = "R", details: [String: String] = [:]) -> Problem {
        StatusMapping.problem(code: code, reason: reason, message: "m", details: details, retryAfterSeconds: nil)
    }

    @Test(arguments: [
        (3, 400), (4, 504), (5, 404), (6, 409), (7, 403), (8, 429), (9, 409), (10, 409), (12, 501), (13, 500), (14, 503), (2, 500), (99, 500),
    ])
    func canonicalCodesHaveTheirStatus(code: Int, status: Int) {
        #expect(problem(code).status == status)
        #expect(problem(code).code == "R")
    }

    @Test func aReasonCanNeedAnotherStatus() { #expect(problem(3, "FLOW_INVALID").status == 422) }

    @Test func aMeshThatRefusesTheGatewayDoesNotSignAnybodyOut() {
        for reason in ["DELEGATION_EXPIRED", "TENANT_MISSING", "SOMETHING_NEW"] {
            #expect(problem(16, reason).status == 502)
            #expect(problem(16, reason).code == "MESH_UNAUTHENTICATED")
        }
        for reason in ["CALLER_NOT_ALLOWED", "TENANT_MISMATCH", "DELEGATION_NOT_BOUND"] { #expect(problem(7, reason).status == 502) }
        #expect(problem(7, "SELF_APPROVAL").status == 403)
    }

    @Test func onlyTheGatesOwnReasonsAreTheMeshs() {
        #expect(StatusMapping.isOfMesh(code: 16, reason: "DELEGATION_MISSING"))
        #expect(!StatusMapping.isOfMesh(code: 16, reason: "SIGNATURE_WRONG"))
        #expect(!StatusMapping.isOfMesh(code: 5, reason: "TENANT_MISSING"))
    }

    @Test func theFieldThatAServiceNamesIsNamedOn() {
        #expect(problem(3, details: ["field": "/limit", "fix": "use less"]).errors == [FieldProblem(field: "/limit", message: "m", fix: "use less")])
    }
}
