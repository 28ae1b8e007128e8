import Identity
import Testing

@testable import RPC

@Suite struct ResolutionTests {
    let now = ContinuousClock.now

    @Test func atFirstThenNowAndThenAndSoonerInDoubt() {
        var schedule = ResolutionSchedule(interval: .seconds(30), pauseMin: .seconds(1))
        #expect(schedule.begins(now: now) == true)
        #expect(schedule.isUnderWay)
        #expect(schedule.begins(now: now) == false)
        schedule.ended(now: now, succeeded: true)
        #expect(schedule.begins(now: now + .seconds(29)) == false)
        schedule.connectionFailed()
        #expect(schedule.begins(now: now + .milliseconds(999)) == false)
        #expect(schedule.begins(now: now + .seconds(1)) == true)
        schedule.ended(now: now + .seconds(1), succeeded: true)
        #expect(schedule.begins(now: now + .seconds(30)) == false)
        #expect(schedule.begins(now: now + .seconds(31)) == true)
        // A failure is tried again soon.
        schedule.ended(now: now + .seconds(31), succeeded: false)
        #expect(schedule.begins(now: now + .seconds(32)) == true)
    }

    @Test func theSystemKnowsItself() async throws {
        let found = try await SystemNameLookup().addresses(of: "localhost")
        #expect(found == ["127.0.0.1"] || found == ["::1"])
        await #expect(throws: NameUnresolved.self) { try await SystemNameLookup().addresses(of: "no-such-host.invalid") }
    }

    struct Table: NameLookup {
        let table: [String: [String]]
        func addresses(of host: String) async throws(NameUnresolved) -> [String] {
            guard let found = table[host] else { throw NameUnresolved(host: host, problem: "unknown") }
            return found
        }
    }

    func configuration(_ hosts: [String], _ table: [String: [String]]) -> RPCClient.Configuration {
        var configuration = RPCClient.Configuration(
            addresses: hosts.map { .init(host: $0, port: 1) }, service: .policy, caller: .ledger,
            security: .plaintext(PlaintextPeer(identity: PeerIdentity(service: .policy, certificateThumbprint: []))))
        configuration.names = Table(table: table)
        return configuration
    }

    @Test func numbersNeedNoLookUp() async {
        let numeric = configuration(["127.0.0.1", "::1"], [:])
        #expect(NameResolution(numeric).fixed == numeric.addresses)
        let mixed = configuration(["127.0.0.1", "policy"], ["policy": ["10.0.0.1", "10.0.0.2"]])
        var resolution = NameResolution(mixed)
        #expect(resolution.fixed == nil)
        #expect(resolution.begins(now: now) == true)
        let found = try? await resolution.lookUp(mixed).get()
        #expect(found?.map(\.host) == ["127.0.0.1", "10.0.0.1", "10.0.0.2"])
    }

    @Test(arguments: [[:], ["policy": []], ["policy": ["10.0.0.1"]]] as [[String: [String]]])
    func halfAnAnswerIsNone(_ table: [String: [String]]) async {
        let names = configuration(["policy", "other"], table)
        let found = await NameResolution(names).lookUp(names)
        #expect(throws: NameUnresolved.self) { try found.get() }
    }

    @Test func lifetimesAreSpread() {
        func lifetime(_ random: Double) -> Duration { ConnectionAge.lifetime(max: .seconds(1800), random: random) }
        #expect(lifetime(0) <= .seconds(1621) && lifetime(0) >= .seconds(1619))
        #expect(lifetime(0.5) == .seconds(1800))
        #expect(lifetime(1) <= .seconds(1981) && lifetime(1) >= .seconds(1979))
    }
}
