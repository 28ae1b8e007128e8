import Identity
import NIOCore
import Testing
import WireProbe

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct RetriedCallTests {
    let unavailable = RPCError.unavailable("TEST", "not now")

    @Test func oneRecordPerCallHoweverOftenItIsTried() async throws {
        let records = Records()
        try await withFleet(1, { $0.observer = records }) { fleet, client in
            #expect(await client.echo() == nil)
            fleet.handlers[0].be(.failing(unavailable))
            #expect(await client.echo() == unavailable)
            let late = await client.echo("x", CallOptions(tenant: .acme, timeout: .seconds(-1)))
            #expect(late?.code == .deadlineExceeded)
            #expect(fleet.handlers[0].calls == 4)
            let all = records.all
            #expect(all.map(\.code) == [.ok, .unavailable, .deadlineExceeded])
            #expect(all.map(\.attempts) == [1, 3, 1])
            #expect(all.map(\.reason) == ["", "TEST", "DEADLINE_EXCEEDED"])
            #expect(all.allSatisfy { $0.side == .client && $0.peer == .policy && $0.tenant == .acme && $0.queued <= $0.duration })
            // The first waited for the connection.
            #expect(all[0].queued > .zero && all[0].requestBytes > 0 && all[0].responseBytes == all[0].requestBytes)
        }
    }

    @Test func aMethodThatIsNotIdempotentIsTriedAgainOnlyWithAKey() async throws {
        try await withFleet(1) { fleet, client in
            fleet.handlers[0].be(.failing(unavailable))
            let probe = ProbeV1.ProbeClient(channel: client)
            await #expect(throws: unavailable) { try await probe.linger(.init(), options: CallOptions()) }
            #expect(fleet.handlers[0].calls == 1)
            await #expect(throws: unavailable) { try await probe.linger(.init(), options: CallOptions(idempotencyKey: "k")) }
            #expect(fleet.handlers[0].calls == 4)
        }
    }

    @Test func cancellingEndsTheWaitForTheNextTry() async throws {
        let records = Records()
        try await withFleet(
            1,
            { configuration in
                configuration.observer = records
                configuration.retries?.backoffBase = .seconds(600)
                configuration.retries?.backoffMax = .seconds(600)
            }
        ) { fleet, client in
            fleet.handlers[0].be(.failing(unavailable))
            let call = Task { await client.echo("x", CallOptions(tenant: .acme, timeout: .seconds(3600))) }
            await fleet.handlers[0].reached(1)
            call.cancel()
            // Either before its failure was heard or in the pause after it.
            #expect(await call.value?.code == .cancelled)
            #expect(records.all.count == 1)
        }
    }

    @Test func aSlowServerIsHedgedAndTheLoserIsCancelled() async throws {
        let records = Records()
        try await withFleet(2, { $0.observer = records }) { fleet, client in
            // Both are connected before one of them hangs.
            while fleet.handlers.contains(where: { $0.calls == 0 }) { #expect(await client.echo() == nil) }
            fleet.handlers[0].be(.hanging)
            var options = CallOptions(tenant: .acme, timeout: .seconds(30))
            options.hedging = HedgePolicy(after: .milliseconds(5))
            let before = fleet.handlers[0].calls
            while fleet.handlers[0].calls == before { #expect(await client.echo("x", options) == nil) }
            // The try that lost is cancelled at the server.
            await #expect(fleet.handlers[0].cancelled.stream.first() != nil)
            #expect(records.all.last?.attempts == 2 && records.all.last?.code == .ok)
        }
    }

    @Test func cancellingAHedgedCallCancelsAllItsTries() async throws {
        try await withFleet(2) { fleet, client in
            for handler in fleet.handlers { handler.be(.hanging) }
            var options = CallOptions(tenant: .acme, timeout: .seconds(30))
            options.hedging = HedgePolicy(after: .milliseconds(1))
            let call = Task { [options] in await client.echo("x", options) }
            let handlers = fleet.handlers
            while handlers.reduce(0, { $0 + $1.calls }) < 2 { await Task.yield() }
            call.cancel()
            #expect(await call.value?.code == .cancelled)
            for handler in handlers { for _ in 0..<handler.calls { await #expect(handler.cancelled.stream.first() != nil) } }
        }
    }

    @Test func waitingCallsAreBounded() async throws {
        try await withFleet(1, { $0.waitingCallsMax = 2 }) { _, client in
            let errors = try await client.load(callers: 20, calls: 1)
            #expect(errors.allSatisfy { $0.reason == "TOO_MANY_WAITING" && $0.code == .resourceExhausted })
            #expect(await client.echo() == nil)
        }
    }
}
