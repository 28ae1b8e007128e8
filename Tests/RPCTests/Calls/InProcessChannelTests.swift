import Identity
import Testing
import WireProbe

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct InProcessChannelTests {
    let handler = ProbeHandler()

    func probe(as caller: ServiceName) -> ProbeV1.ProbeClient {
        ProbeV1.ProbeClient(
            channel: InProcessChannel(
                services: [ProbeV1.ProbeService(handler: handler)],
                from: PeerIdentity(service: caller, certificateThumbprint: [UInt8](repeating: 0, count: 32))))
    }

    @Test func theSameGateStandsInFront() async throws {
        let request = ProbeV1.Everything(names: ["x"])
        #expect(try await probe(as: .ledger).echo(request, options: CallOptions(tenant: .acme)) == request)
        let stranger = await #expect(throws: RPCError.self) {
            try await probe(as: .finops).echo(request, options: CallOptions(tenant: .acme))
        }
        #expect(stranger?.code == .permissionDenied)
        let gateway = await #expect(throws: RPCError.self) {
            try await probe(as: .gateway).echo(request, options: CallOptions(tenant: .acme))
        }
        #expect(gateway?.reason == "DELEGATION_MISSING")
    }

    /// It passes as soon as the handler runs, however long that takes on a machine that is busy.
    @Test func theDeadlineHolds() async throws {
        let channel = InProcessChannel(
            services: [ProbeV1.ProbeService(handler: handler)],
            from: PeerIdentity(service: .ledger, certificateThumbprint: [UInt8](repeating: 0, count: 32)),
            waitUntil: { [handler] _ in _ = await handler.started.stream.first() })
        let error = await #expect(throws: RPCError.self) {
            try await ProbeV1.ProbeClient(channel: channel).linger(.init(), options: CallOptions(timeout: .seconds(3600)))
        }
        #expect(error?.code == .deadlineExceeded)
        await #expect(handler.cancelled.stream.first() != nil)
    }
}
