import HTTPTypes
import Identity
import JSON
import RPC
import Testing
import Wire
import WireRuntime

@testable import GatewayService

/// What becomes of the answers of the services behind.
@Suite struct MeshTests {
    @Test func aMeshThatDoesNotTakeTheGatewaysWordSignsNobodyOut() async throws {
        let door = try Door()
        door.mesh.on(FlowV1.Methods.listRuns) { _ in throw RPCError(.unauthenticated, reason: "DELEGATION_EXPIRED", message: "secret cause") }
        let answer = try await door.signIn().get("/v1/runs")
        #expect(answer.status == 502)
        #expect(answer.code == "MESH_UNAUTHENTICATED")
        #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("secret cause"))
    }

    @Test func listsThatServicesGiveWholeComeInPagesToo() async throws {
        let door = try Door()
        door.mesh.on(ConnectorsV1.Methods.listOperations) { _ in
            ConnectorsV1.ListOperationsResponse(operations: (0..<5).map { ConnectorsV1.Operation(name: "operation \($0)") })
        }
        let person = try await door.signIn()
        var names: [String] = []
        var cursor: String? = ""
        while let next = cursor {
            let page = try await person.get("/v1/operations?limit=2&cursor=\(next)")
            #expect(page.status == 200)
            names += (page.json["items"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            cursor = page.json["next_cursor"]?.stringValue
        }
        #expect(names == (0..<5).map { "operation \($0)" })
    }

    @Test func aFlowWithErrorsIsRefusedInTheValidatorsForm() async throws {
        let door = try Door()
        door.mesh.on(FlowV1.Methods.publishFlow) { _ in
            FlowV1.PublishFlowResponse(problems: [
                FlowV1.Problem(severity: "error", node: "start", port: "out", pointer: "/edges/0", message: "leads nowhere", fix: "name a node"),
                FlowV1.Problem(severity: "warning", pointer: "/title", message: "is short"),
            ])
        }
        let answer = try await door.signIn().write("/v1/flows", ["document": [:]])
        #expect(answer.status == 422)
        #expect(answer.fields == ["/document/edges/0"])
        #expect(answer.json["problems"]?.arrayValue?.count == 2)
        #expect(
            answer.json["problems"]?[0] == [
                "severity": "error", "node": "start", "port": "out", "pointer": "/edges/0", "message": "leads nowhere", "fix": "name a node",
            ])
    }

    @Test func aHookIsHeardOnlyForATenantThatIsThere() async throws {
        let door = try Door()
        #expect(try await door.ask(.post, "/v1/hooks/nobody/github", [:], [1]).status == 404)
        #expect(door.securityEvents("webhook.unknown-tenant"))
        #expect(door.mesh.calls(of: ConnectorsV1.Methods.receiveWebhook).isEmpty)
    }

    @Test func aHooksRefusalIsItsOwnAndTheMeshsIsNot() async throws {
        let door = try Door()
        door.mesh.on(ConnectorsV1.Methods.receiveWebhook) { _ in throw RPCError(.unauthenticated, reason: "SIGNATURE_WRONG", message: "off by one") }
        let refused = try await door.ask(.post, "/v1/hooks/acme/github", [:], [1])
        #expect(refused.status == 401)
        #expect(refused.code == "WEBHOOK_REJECTED")
        #expect(!String(decoding: refused.bytes, as: UTF8.self).contains("off by one"))
        #expect(door.securityEvents("webhook.rejected"))
        door.mesh.on(ConnectorsV1.Methods.receiveWebhook) { _ in throw RPCError(.unauthenticated, reason: "TENANT_MISSING", message: "") }
        #expect(try await door.ask(.post, "/v1/hooks/acme/github", [:], [1]).status == 502)
    }

    @Test func aHooksBytesReachConnectorsAsTheyCame() async throws {
        let door = try Door()
        door.mesh.on(ConnectorsV1.Methods.receiveWebhook) { call in
            let request = try ConnectorsV1.ReceiveWebhookRequest(decoding: call.payload)
            return ConnectorsV1.ReceiveWebhookResponse(fresh: request.body == [0, 0xFF, 0x7B], eventID: People.acme.id.bytes)
        }
        let answer = try await door.ask(.post, "/v1/hooks/acme/github", [:], [0, 0xFF, 0x7B])
        #expect(answer.status == 202)
        #expect(answer.json["fresh"] == true)
        #expect(door.mesh.calls(of: ConnectorsV1.Methods.receiveWebhook).first?.options.tenant == People.acme.id)
    }
}
