import GatewayCore
import Identity
import JSON
import RPC
import Synchronization
import Testing
import Wire
import WireRuntime

@testable import GatewayService

@Suite struct IdempotencyTests {
    private func door() throws -> Door {
        let door = try Door()
        door.mesh.on(FlowV1.Methods.startRun) { _ in FlowV1.StartRunResponse(runID: RunIDs.one) }
        return door
    }

    private enum RunIDs { static let one = Array(repeating: UInt8(9), count: 16) }

    @Test func aRepeatedWriteGetsTheFirstAnswer() async throws {
        let door = try door()
        let person = try await door.signIn()
        let first = try await person.write("/v1/runs", ["flow": "a"])
        let second = try await person.write("/v1/runs", ["flow": "a"])
        #expect(first.status == 201)
        #expect(first["Idempotency-Replayed"] == nil)
        #expect(second.status == 201)
        #expect(second.bytes == first.bytes)
        #expect(second["Idempotency-Replayed"] == "true")
        #expect(door.mesh.calls(of: FlowV1.Methods.startRun).count == 1)
        #expect(try await person.write("/v1/runs", ["flow": "b"]).status == 422)
    }

    @Test func theEffectKeySentOnIsNobodyElses() async throws {
        let door = try door()
        _ = try await door.signIn().write("/v1/runs", ["flow": "a"])
        _ = try await door.signIn("omar@acme.example").write("/v1/runs", ["flow": "a"])
        let calls = door.mesh.calls(of: FlowV1.Methods.startRun)
        #expect(calls.count == 2)
        #expect(calls[0].options.idempotencyKey != calls[1].options.idempotencyKey)
        let expected = try IdempotencyKey(header: "key").effectKey(tenant: People.acme.id.bytes, principal: "dana@acme.example")
        #expect(calls[0].options.idempotencyKey == expected)
        #expect(try FlowV1.StartRunRequest(decoding: calls[0].payload).dedupKey == expected)
    }

    @Test func aWriteThatFailedMayBeMadeAgainUnderItsKeyAndAsksForTheSameEffect() async throws {
        let door = try door()
        let failures = Mutex(1)
        door.mesh.on(FlowV1.Methods.startRun) { _ in
            if failures.withLock({
                $0 -= 1; return $0
            }) >= 0 {
                throw RPCError(.unavailable, reason: "AWAY", message: "")
            }
            return FlowV1.StartRunResponse(runID: RunIDs.one)
        }
        let person = try await door.signIn()
        #expect(try await person.write("/v1/runs", ["flow": "a"]).status == 503)
        #expect(try await person.write("/v1/runs", ["flow": "a"]).status == 201)
        let keys = door.mesh.calls(of: FlowV1.Methods.startRun).map(\.options.idempotencyKey)
        #expect(keys.count == 2)
        #expect(Set(keys).count == 1)
    }

    @Test func whatASessionAnswersIsNeverKept() async throws {
        let door = try door()
        let person = try await door.signIn()
        let switched = try await person.write("/v1/session/tenant", ["tenant": "contoso"])
        #expect(switched.status == 200)
        #expect(switched.json["csrf_token"] != nil)
        #expect(door.idempotency.keys.isEmpty)
    }
}
