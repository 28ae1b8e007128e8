import GatewayCore
import HTTPTypes
import JSON
import RPC
import TestKit
import Testing
import Wire

@testable import GatewayService

/// What a request must be before anything behind the gateway hears of it.
@Suite struct RequestCheckTests {
    @Test func rolesAndTheSessionsTokenAreWanted() async throws {
        let door = try Door()
        let viewer = try await door.signIn("vera@acme.example")
        #expect(try await viewer.write("/v1/runs", ["flow": "a"]).code == "FORBIDDEN")
        #expect(door.securityEvents("http.refused"))
        var headers = try await door.signIn().headers
        headers[.contentType] = "application/json"
        headers[.idempotencyKey] = "k"
        #expect(try await door.ask(.post, "/v1/runs", headers, Array(#"{"flow":"a"}"#.utf8)).code == "CSRF_TOKEN")
        headers[.csrfToken] = try await door.signIn().session.token.csrfToken
        #expect(try await door.ask(.post, "/v1/runs", headers, Array(#"{"flow":"a"}"#.utf8)).code == "CSRF_TOKEN")
    }

    @Test func bodiesAreCheckedByNameBeforeAnybodyHearsOfThem() async throws {
        let door = try Door()
        let person = try await door.signIn()
        let misspelt = try await person.write("/v1/runs", ["flwo": "a"])
        #expect(misspelt.status == 400)
        #expect(misspelt.fields == ["/flwo", "/flow"])
        #expect(misspelt.json["errors"]?[0]?["fix"] == "did you mean flow?")
        var headers = person.headers
        headers[.csrfToken] = person.session.token.csrfToken
        headers[.idempotencyKey] = "k"
        headers[.contentType] = "text/plain"
        #expect(try await door.ask(.post, "/v1/runs", headers, Array("{}".utf8)).status == 415)
        headers[.contentType] = "application/json; charset=utf-8"
        #expect(try await door.ask(.post, "/v1/runs", headers, [0x7B, 0xFF]).fields == ["body"])
        #expect(try await door.ask(.post, "/v1/runs", headers, Array(repeating: 0x20, count: RequestReading.bodyLimit + 1)).status == 413)
        headers[.idempotencyKey] = nil
        #expect(try await door.ask(.post, "/v1/runs", headers, Array(#"{"flow":"a"}"#.utf8)).fields == ["Idempotency-Key"])
        #expect(door.mesh.calls(of: FlowV1.Methods.startRun).isEmpty)
    }

    @Test(arguments: [("limit=0", "limit"), ("limit=x", "limit"), ("cursor=*", "cursor"), ("stat=open", "stat"), ("limit=1&limit=2", "limit")])
    func queriesAreCheckedByName(query: String, field: String) async throws {
        #expect(try await Door().signIn().get("/v1/runs?\(query)").fields == [field])
    }

    @Test func aSessionIsTakenOnlyFromItsCookie() async throws {
        let door = try Door()
        let person = try await door.signIn()
        try await door.sessions.end(person.session.token)
        #expect(try await person.get("/v1/session").code == "SIGN_IN_REQUIRED")
    }

    @Test func whoAsksTooMuchIsToldWhenToComeAgain() async throws {
        let door = try Door()
        let body = Array(#"{"email":"nobody@acme.example","tenant":"acme"}"#.utf8)
        let first = try await door.ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], body)
        #expect(first.code == "SIGN_IN_REFUSED")
        #expect(first["RateLimit-Limit"] == "60")
        #expect(first["RateLimit-Remaining"] == "59")
        for _ in 0..<59 { _ = try await door.ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], body) }
        let refused = try await door.ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], body)
        #expect(refused.status == 429)
        #expect(refused["Retry-After"] == "1")
        #expect(try await door.signIn().get("/v1/session").status == 200)
        door.clock.advance(by: .seconds(1))
        #expect(try await door.ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], body).code == "SIGN_IN_REFUSED")
    }
}
