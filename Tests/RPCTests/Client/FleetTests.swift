import Identity
import NIOCore
import Testing
import WireProbe

@testable import RPC

/// A client of several servers, on real sockets with real TLS.
@Suite(.timeLimit(.minutes(2))) struct FleetTests {
    @Test func callsAreSpreadOverAllServers() async throws {
        try await withFleet(3) { fleet, client in
            // The balance is between servers that are connected; the first call waits for one of them only.
            while fleet.handlers.contains(where: { $0.calls == 0 }) { _ = try await client.load(callers: 4, calls: 1) }
            let before = fleet.handlers.map(\.calls)
            let failures = try await client.load(callers: 16, calls: 50)
            #expect(failures.isEmpty, "\(failures.prefix(3))")
            let spread = zip(fleet.handlers, before).map { $0.calls - $1 }
            #expect(spread.allSatisfy { $0 > 50 }, "\(spread)")
        }
    }

    @Test func aServerThatIsKilledCostsNoIdempotentCall() async throws {
        try await withFleet(2) { fleet, client in
            let failures = try await client.load(callers: 8, calls: 300) {
                await fleet.handlers[0].reached(100)
                await fleet.servers[0].shutdown(grace: .zero)
            }
            #expect(failures.isEmpty, "\(failures.prefix(3))")
            #expect(fleet.handlers[0].calls + fleet.handlers[1].calls >= 2400)
        }
    }

    @Test func aServerThatDrainsUnderLoadCostsNoCallAtAll() async throws {
        try await withFleet(2, { $0.retries = nil }) { fleet, client in
            let failures = try await client.load(callers: 8, calls: 300) {
                await fleet.handlers[0].reached(100)
                await fleet.servers[0].shutdown(grace: .seconds(10))
            }
            #expect(failures.isEmpty, "\(failures.prefix(3))")
            // Each call ran once.
            #expect(fleet.handlers[0].calls + fleet.handlers[1].calls == 2400)
        }
    }

    @Test func connectionsThatAreReplacedCostNoCall() async throws {
        try await withFleet(
            2,
            { configuration in
                configuration.retries = nil
                configuration.connectionAgeMax = .milliseconds(20)
            }
        ) { fleet, client in
            let failures = try await client.load(callers: 8, calls: 400)
            #expect(failures.isEmpty, "\(failures.prefix(3))")
            #expect(fleet.handlers[0].calls + fleet.handlers[1].calls == 3200)
        }
    }

    @Test func anOutlierIsLeftOutAndReturns() async throws {
        try await withFleet(
            2,
            { configuration in
                configuration.retries = nil
                configuration.outliers.consecutiveFailuresMax = 3
                configuration.outliers.ejectionBase = .milliseconds(200)
            }
        ) { fleet, client in
            fleet.handlers[0].be(.failing(RPCError(.internal, reason: "BROKEN", message: "broken")))
            var failures = 0
            for _ in 0..<100 { if await client.echo() != nil { failures += 1 } }
            // Three in a row, once or a few times over; without ejection it would be half of them.
            #expect(failures >= 3 && failures < 30)
            fleet.handlers[0].be(.well)
            let before = fleet.handlers[0].calls
            while fleet.handlers[0].calls == before { #expect(await client.echo() == nil) }
        }
    }

    @Test func aServerThatAsksForTimeIsAskedElsewhere() async throws {
        try await withFleet(2) { fleet, client in
            // Both are connected: with one alone there is no elsewhere.
            while fleet.handlers.contains(where: { $0.calls == 0 }) { #expect(await client.echo() == nil) }
            fleet.handlers[0].be(.failing(RPCError(.resourceExhausted, reason: "OVERLOADED", message: "full", retryAfter: .milliseconds(1))))
            for _ in 0..<3 { #expect(await client.echo() == nil) }
        }
    }

    @Test func aDeadServerIsSteppedOver() async throws {
        let unused = try await Fleet(1, mesh: TestMesh())
        let dead = unused.ports[0]
        await unused.stop()
        try await withFleet(1, ports: { $0 + [dead] }, { $0.retries = nil }) { fleet, client in
            let failures = try await client.load(callers: 4, calls: 25)
            #expect(failures.isEmpty, "\(failures.prefix(3))")
            #expect(fleet.handlers[0].calls == 100)
        }
    }

    @Test func aNameIsLookedUpAgain() async throws {
        let names = TestNames(["127.0.0.1"])
        let fleet = try await Fleet(1, mesh: TestMesh())
        var configuration = try fleet.configuration()
        configuration.addresses = [.init(host: "policy.internal", port: fleet.ports[0])]
        configuration.names = names
        configuration.resolveInterval = .zero
        configuration.resolvePauseMin = .zero
        configuration.retries = nil
        let client = RPCClient(configuration: configuration, logger: quiet)
        #expect(await client.echo() == nil)
        // The name moves to an address where nobody listens: calls follow it, then come back with it.
        names.change(["127.0.0.2"])
        while await client.echo()?.reason != "NOT_CONNECTED" {}
        names.change(["127.0.0.1"])
        while await client.echo() != nil {}
        // A resolver that fails takes nobody away.
        names.change(nil)
        let lookups = names.lookups
        while names.lookups < lookups + 3 { #expect(await client.echo() == nil) }
        await client.close()
        await fleet.stop()
    }

    @Test func aNameThatNobodyKnowsFailsTheCall() async throws {
        let fleet = try await Fleet(0, mesh: TestMesh())
        var configuration = try fleet.configuration()
        configuration.addresses = [.init(host: "policy.internal", port: 1)]
        configuration.names = TestNames(nil)
        let client = RPCClient(configuration: configuration, logger: quiet)
        let error = await client.echo()
        #expect(error?.code == .unavailable && error?.reason == "NAME_UNRESOLVED")
        await client.close()
        #expect(await client.echo()?.reason == "CLIENT_CLOSED")
    }
}

extension CountingHandler {
    /// Until so many calls have come, which others make.
    func reached(_ count: Int) async { while calls < count { await Task.yield() } }
}
