import HTTPTypes
import JSON
import RPC
import Testing
import Wire

@testable import GatewayService

/// Whatever is asked, the answer has the same form.
@Suite struct AnswerFormTests {
    @Test(arguments: [
        (HTTPRequest.Method.get, "/v1/nothing", 404, "NO_SUCH_PATH"), (.patch, "/v1/runs", 405, "METHOD_NOT_ALLOWED"),
        (.get, "/v1/runs/a%00b", 400, "INVALID_REQUEST"), (.get, "/v1/runs", 401, "SIGN_IN_REQUIRED"), (.get, "/inbox", 503, "WEB_NOT_BUILT"),
        (.get, "/assets/none.js", 404, "NO_SUCH_PATH"),
    ])
    func everyRefusalIsAProblemWithTheSecurityHeaders(method: HTTPRequest.Method, path: String, status: Int, code: String) async throws {
        let answer = try await Door().ask(method, path)
        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(answer["Content-Type"] == "application/problem+json")
        #expect(answer["Content-Security-Policy"]?.contains("default-src 'none'") == true)
        #expect(answer["X-Content-Type-Options"] == "nosniff")
        #expect(answer.json["instance"]?.stringValue == path)
        #expect(answer.json["trace_id"]?.stringValue?.count == 32)
    }

    @Test func anotherMethodIsToldWhatThePathTakes() async throws { #expect(try await Door().ask(.patch, "/v1/runs")["Allow"] == "GET, POST") }

    @Test func theCallersTraceIsCarriedOnToTheMeshAndBack() async throws {
        let door = try Door()
        door.mesh.on(FlowV1.Methods.listRuns) { _ in throw RPCError(.unavailable, reason: "AWAY", message: "") }
        let person = try await door.signIn()
        var headers = person.headers
        headers[.traceParent] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let answer = try await door.ask(.get, "/v1/runs", headers)
        #expect(answer.status == 503)
        #expect(answer.json["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736")
        let call = try #require(door.mesh.calls(of: FlowV1.Methods.listRuns).first)
        #expect(call.options.trace?.traceIDText == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(call.options.tenant == People.acme.id)
    }

    @Test func headHasTheHeadersOfGetAndNothingElse() async throws {
        let person = try await Door().signIn()
        let get = try await person.get("/v1/session")
        let head = try await person.door.ask(.head, "/v1/session", person.headers)
        #expect(head.status == 200)
        #expect(head.bytes.isEmpty)
        #expect(head["Content-Length"] == String(get.bytes.count))
    }

    @Test func browsersInsistOnTLSOutsideDevelopment() async throws {
        #expect(try await Door(environment: "production").ask(.get, "/v1/runs")["Strict-Transport-Security"] != nil)
        #expect(try await Door().ask(.get, "/v1/runs")["Strict-Transport-Security"] == nil)
    }

    @Test func thereIsNoDevelopmentSignInElsewhere() async throws {
        let door = try Door(environment: "production")
        #expect(try await door.ask(.get, "/v1/auth/dev/people").code == "NO_SUCH_PATH")
        #expect(try await door.ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], Array("{}".utf8)).code == "NO_SUCH_PATH")
    }
}
