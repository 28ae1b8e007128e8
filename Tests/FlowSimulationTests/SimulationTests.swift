import FlowEngineCore
import Identity
import JSON
import Testing

@testable import FlowSimulation

@Suite struct SimulationTests {
    @Test(arguments: [0, 10, 20, 30, 40, 50])
    func everyHistoryHolds(first: Int) {
        for seed in first..<first + 10 {
            let simulation = Simulation(seed: UInt64(seed))
            #expect(simulation.violations == [], "seed \(seed): \(simulation.history.joined(separator: "\n"))")
            #expect(simulation.runs >= 4 && simulation.happened > 4)
        }
    }

    @Test func aSeedIsOneHistory() {
        let (once, again) = (Simulation(seed: 7), Simulation(seed: 7))
        #expect(once.happened == again.happened && once.steps == again.steps && once.runs == again.runs)
    }

    @Test func askingForLessEnds() {
        var options = Options()
        var rounds = 0
        while let less = options.smaller.last {
            options = less
            rounds += 1
        }
        #expect(rounds < 40 && options.nodes == 1 && options.runs == 1 && !options.crashes)
    }
}

/// A checker that finds nothing is worth nothing: each thing that it looks for is broken here once.
@Suite struct HistoryCheckerTests {
    private static func world() throws -> World {
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            guard let document = DocumentMaker.make("flow-0", seed: random.next(), nodes: 8, child: nil) else { continue }
            var world = World(Documents(parents: ["flow-0": document], child: nil), Options(), random)
            try world.run([Simulation.start(document, 0)])
            if !world.vendor.effects.isEmpty { return world }
        }
        throw Violation("no seed calls anything")
    }

    private static func found(_ world: World, _ tamper: (inout Database, RunID) -> Void) throws -> [String] {
        var database = world.database
        let run = try #require(database.runs.keys.first)
        tamper(&database, run)
        return try HistoryChecker(database: database, vendor: world.vendor, documents: world.documents).violations().map(\.text)
    }

    @Test func nothingIsFoundInAnHonestHistory() throws { #expect(try Self.found(Self.world()) { _, _ in } == []) }

    @Test func aMissingStepIsFound() throws {
        #expect(try Self.found(Self.world()) { $0.steps[$1]?[1] = nil }.contains { $0.contains("gap") })
    }

    @Test func asecondClosingIsFound() throws {
        #expect(
            try Self.found(Self.world()) { $0.closings[$1]?.append(RunClosing(state: .failed, outcome: "again")) }.contains { $0.contains("2 times") }
        )
    }

    @Test func whatIsLeftBehindIsFound() throws {
        let timer = try Self.found(Self.world()) { $0.timers[Database.Timer(run: $1, seq: 1, kind: .wait)] = 0 }
        #expect(timer == ["it left timers behind"])
        let wait = try Self.found(Self.world()) { $0.waits.insert(Database.Wait(run: $1, seq: 1, kind: "e0")) }
        #expect(wait == ["it left waits behind"])
    }

    @Test func anEffectThatTheRunDeniesIsFound() throws {
        let world = try Self.world()
        let texts = try Self.found(world) { database, run in
            for (seq, step) in database.steps[run] ?? [:] where step.type == "call" { database.steps[run]?[seq]?.state = .failed }
        }
        #expect(texts.contains { $0.contains("the vendor did step") })
    }

    @Test func aRunThatNeverEndsIsFound() throws {
        let texts = try Self.found(Self.world()) { database, run in
            guard var state = try? database.state(run) else { return }
            state.closing = nil
            database.runs[run]?.position = state.json.encoded()
        }
        #expect(texts.contains { $0.contains("it never ended") })
    }

    @Test func aStepThatIsWrittenTwiceIsRefused() throws {
        let world = try Self.world()
        var database = world.database
        let run = try #require(database.runs.keys.first)
        // As if the state of an old backup were restored, and the steps were not.
        let begun = Simulation.start(world.documents.document("flow-0"), 0)
        database.runs[run]?.position = begun.json.encoded()
        #expect(throws: Violation.self) { try database.apply(.started, to: run, at: 1_795_400_000_000, isWorker: false, world.documents) }
    }
}
