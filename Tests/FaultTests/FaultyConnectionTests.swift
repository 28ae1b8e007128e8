import FaultTransport
import Foundation
import RPC
import Synchronization
import Testing
import WireProbe

/// Real clients and a real server over sockets that fail. FAULT_SEED is the first seed, FAULT_SEEDS how many follow.
@Suite(.serialized, .timeLimit(.minutes(4))) struct FaultyConnectionTests {
    static let firstSeed = ProcessInfo.processInfo.environment["FAULT_SEED"].flatMap { UInt64($0) } ?? 1
    static let seeds = ProcessInfo.processInfo.environment["FAULT_SEEDS"].flatMap { Int($0) } ?? 10
    private static let callers = 6
    private static let calls = 5
    private static let atOnce = 4

    /// Every call ends, once, with a right answer or a status; none that may run once runs twice; and the server serves on.
    @Test(arguments: [Scenario.belowTLS, .frames, .pieces, .garbage])
    func everyCallEndsOnceAndTheServerLivesOn(scenario: Scenario) async throws {
        let mesh = try await FaultyMesh(isPlaintext: scenario.isPlaintext)
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<Self.seeds {
                if index >= Self.atOnce { await group.next() }
                group.addTask { await run(scenario, Self.firstSeed &+ UInt64(index), mesh, tally) }
            }
        }
        await mesh.stop()
        // Otherwise nothing was shown.
        #expect(tally.faults > 0, "no fault happened")
        #expect(tally.right > 0, "no call succeeded")
        #expect(tally.refused > 0, "no call failed")
    }

    private func run(_ scenario: Scenario, _ seed: UInt64, _ mesh: FaultyMesh, _ tally: Tally) async {
        let transport = FaultyTransport(seed: seed, unit: scenario.unit, toServer: scenario.rates, toClient: scenario.rates)
        let records = CountedRecords()
        let client = mesh.client(transport, observer: records)
        // A call that hangs would hold the whole run: this says which seed it was.
        let watch = Task {
            try await Task.sleep(for: .seconds(60))
            Issue.record("seed \(seed): calls hang")
        }
        let outcomes = await withTaskGroup(of: [(Caller.Kind, Outcome)].self) { group in
            for number in 0..<Self.callers {
                let caller = Caller(
                    probe: ProbeV1.ProbeClient(channel: client), name: "\(seed)/\(number)", bytesMax: scenario.bytesMax, kinds: scenario.kinds,
                    timeout: .milliseconds(800))
                group.addTask { await caller.run(Self.calls, seed: seed &+ UInt64(number)) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        watch.cancel()
        await client.close()
        check(outcomes.map(\.1), scenario, seed)
        let unary = outcomes.filter { $0.0 == .echo || $0.0 == .once }.count
        // One each: of the unary calls, or of all.
        #expect([unary, outcomes.count].contains(records.total), "seed \(seed): \(records.total) records of \(unary) calls")
        if scenario.keepsIntegrity {
            let twice = mesh.handler.all.filter { $0.value > 1 && $0.key.hasPrefix("\(seed)/") }
            #expect(twice.isEmpty, "seed \(seed): ran more than once: \(twice)")
        }
        tally.add(outcomes.map(\.1), transport.log)
        await checkThatItServes(mesh, seed)
    }

    private func check(_ outcomes: [Outcome], _ scenario: Scenario, _ seed: UInt64) {
        #expect(outcomes.count == Self.callers * Self.calls, "seed \(seed): a call has no end or two")
        for outcome in outcomes {
            switch outcome {
            case .right: break
            case .failed(let text): Issue.record("seed \(seed): ended by what is no status: \(text)")
            case .wrong(let text): if scenario.keepsIntegrity { Issue.record("seed \(seed): a wrong answer to \(text)") }
            case .refused(let code, let reason):
                guard scenario.keepsIntegrity, !Scenario.statuses.contains(code) else { break }
                Issue.record("seed \(seed): \(code) \(reason)")
            }
        }
    }

    private func checkThatItServes(_ mesh: FaultyMesh, _ seed: UInt64) async {
        let client = mesh.client(nil)
        let caller = Caller(
            probe: ProbeV1.ProbeClient(channel: client), name: "clean/\(seed)", bytesMax: 50_000, kinds: Caller.Kind.allCases, timeout: .seconds(30))
        for (kind, outcome) in await caller.run(5, seed: seed) { #expect(outcome == .right, "after seed \(seed), \(kind)") }
        await client.close()
    }
}

/// What happened over all seeds.
private final class Tally: Sendable {
    private struct Counts {
        var faults = 0
        var right = 0
        var refused = 0
    }

    private let counts = Mutex(Counts())

    var right: Int { counts.withLock { $0.right } }
    var refused: Int { counts.withLock { $0.refused } }
    var faults: Int { counts.withLock { $0.faults } }

    func add(_ outcomes: [Outcome], _ log: FaultLog) {
        counts.withLock { counts in
            counts.faults += Fault.allCases.reduce(0) { $0 + log.count($1) }
            counts.right += outcomes.count { $0 == .right }
            counts.refused += outcomes.count { if case .refused = $0 { true } else { false } }
        }
    }
}
