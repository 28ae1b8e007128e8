package import NIOCore
package import RPC
internal import Synchronization

/// Makes the connections of a client faulty. Each connection has plans of its own, all of them drawn from one seed.
package final class FaultyTransport: Sendable {
    package let log = FaultLog()
    private let unit: FaultLane.Unit
    private let toServer: FaultRates
    private let toClient: FaultRates
    private let seeds: Mutex<SplitMix>

    package init(seed: UInt64, unit: FaultLane.Unit, toServer: FaultRates, toClient: FaultRates) {
        self.unit = unit
        self.toServer = toServer
        self.toClient = toClient
        seeds = Mutex(SplitMix(seed: seed))
    }

    /// Below TLS, where there is TLS.
    package func install(in configuration: inout RPCClient.Configuration) {
        configuration.prepareChannel = { channel in try self.add(to: channel) }
    }

    /// On the channel's event loop, before any other handler is added.
    package func add(to channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(makeHandler())
    }

    private func makeHandler() -> FaultHandler {
        let (outbound, inbound) = seeds.withLock { ($0.next(), $0.next()) }
        return FaultHandler(
            inbound: FaultLane(plan: FaultPlan(seed: inbound, rates: toClient), unit: unit),
            outbound: FaultLane(plan: FaultPlan(seed: outbound, rates: toServer), unit: unit), log: log)
    }
}
