import Foundation
import JSON
import Testing

@testable import FlowEngineCore

/// Forecasts against runs of a made-up world that they have not seen.
@Suite struct ForecastTests {
    static func document(_ nodes: [JSONValue]) throws -> FlowDocument {
        let source: JSONValue = ["schema": "provable.dev/flow/v1", "name": "test", "title": "Test", "nodes": .array(nodes)]
        let reading = FlowParser.parse(source, engine: .everything)
        #expect(reading.problems.filter { $0.severity == .error } == [])
        return try #require(reading.document)
    }

    /// A call, a branch, an approval, two calls side by side.
    static let nodes: [JSONValue] = [
        ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": "open"],
        ["id": "open", "type": "call", "operation": "jira.issue.create", "on": ["success": "big", "error": "failed"]],
        ["id": "big", "type": "decide", "branches": [["when": "trigger.n > 3", "next": "ask"]], "otherwise": "both"],
        [
            "id": "ask", "type": "approve", "role": "on-call", "title": "Go?", "inputs": ["n": "${trigger.n}"], "ttl": "2d",
            "on": ["approved": "both", "rejected": "failed", "timeout": "failed"],
        ],
        ["id": "both", "type": "parallel", "branches": [["next": "left"], ["next": "right"]], "on": ["joined": "done", "error": "failed"]],
        ["id": "left", "type": "call", "operation": "github.issue.create", "on": ["success": "both", "error": "both"]],
        ["id": "right", "type": "call", "operation": "slack.message.post", "on": ["success": "both", "error": "both"]],
        ["id": "done", "type": "end", "outcome": "success"], ["id": "failed", "type": "end", "outcome": "failure"],
    ]

    /// What such runs do in truth. `mood` makes all steps of one run slow together, which no step's own history shows.
    struct World {
        var random: SeededGenerator
        var mood = 0.0

        mutating func normal() -> Double { (-2 * log(random.uniform())).squareRoot() * cos(2 * .pi * random.uniform()) }
        mutating func time(_ median: Double, _ sigma: Double) -> Double { median * exp(sigma * normal()) }

        /// (node, port, milliseconds) of each step, and the whole.
        mutating func run() -> (steps: [(String, String, Double)], total: Double) {
            let slow = exp(mood * normal())
            var steps: [(String, String, Double)] = [("start", "next", 1)]
            func finish(_ total: Double) -> (steps: [(String, String, Double)], total: Double) { (steps, total) }
            let open = time(800, 0.7) * slow
            let fails = random.uniform() < 0.03
            steps.append(("open", fails ? "error" : "success", open))
            if fails { return finish(open + 1) }
            let asks = random.uniform() < 0.4
            steps.append(("big", asks ? "branch:1" : "otherwise", 1))
            var total = open + 2
            if asks {
                let answer = time(3_600_000, 1.1) * slow
                let isYes = random.uniform() < 0.8
                steps.append(("ask", isYes ? "approved" : "rejected", answer))
                total += answer
                if !isYes { return finish(total) }
            }
            let (left, right) = (time(1_500, 0.6) * slow, time(900, 0.9) * slow)
            steps += [("left", "success", left), ("right", "success", right), ("both", "joined", max(left, right))]
            return finish(total + max(left, right))
        }
    }

    /// Learns from `train` runs, measures itself on `calibrate` that came later, and is judged by `held` that nothing has seen.
    static func coverage(seed: UInt64, mood: Double, train: Int = 1_500, calibrate: Int = 3_000, held: Int = 4_000) throws -> (
        of80: Double, of95: Double
    ) {
        let document = try document(nodes)
        var world = World(random: SeededGenerator(seed: seed), mood: mood)
        var history = FlowHistory()
        func learn(_ run: (steps: [(String, String, Double)], total: Double)) throws {
            for (id, port, time) in run.steps {
                history.record(try #require(document.node(id)), port: port, milliseconds: Int64(time.rounded()), costMicros: 10)
            }
        }
        for _ in 0..<train { try learn(world.run()) }
        // As the engine does: first measured against what was told, then learned from.
        for round in 0..<10 {
            let forecast = FlowForecast(document, history, seed: seed &+ UInt64(round))
            let runs = (0..<calibrate / 10).map { _ in world.run() }
            for run in runs { history.calibration.record(level: forecast.level(of: run.total)) }
            for run in runs { try learn(run) }
        }
        let forecast = FlowForecast(document, history, samples: 4_000, seed: seed)
        var (in80, in95) = (0, 0)
        for _ in 0..<held {
            let total = world.run().total
            if forecast.latency.interval80.contains(total) { in80 += 1 }
            if forecast.latency.interval95.contains(total) { in95 += 1 }
        }
        return (Double(in80) / Double(held), Double(in95) / Double(held))
    }

    @Test(arguments: [UInt64(1), 2, 3], [0.0, 0.8])
    func intervalsCoverWhatTheySay(seed: UInt64, mood: Double) throws {
        let (of80, of95) = try Self.coverage(seed: seed, mood: mood)
        #expect(abs(of80 - 0.80) <= 0.03, "80 % intervals cover \(of80)")
        #expect(abs(of95 - 0.95) <= 0.02, "95 % intervals cover \(of95)")
    }

    @Test func withoutMeasuringASlowDayIsUnderestimated() throws {
        let (of80, _) = try Self.coverage(seed: 1, mood: 0.8, calibrate: 0)
        #expect(abs(of80 - 0.80) > 0.03, "the test above would hold for a forecast that measures nothing: \(of80)")
    }

    @Test func theCriticalPathIsThePersonWhereThereIsOne() throws {
        let document = try Self.document(Self.nodes)
        var world = World(random: SeededGenerator(seed: 9))
        var history = FlowHistory()
        for _ in 0..<500 {
            for (id, port, time) in world.run().steps {
                history.record(try #require(document.node(id)), port: port, milliseconds: Int64(time), costMicros: id == "open" ? 500 : 0)
            }
        }
        let forecast = FlowForecast(document, history)
        #expect(forecast.criticalPath.prefix(3) == ["start", "open", "big"] && forecast.criticalPath.contains("left"))
        let ask = try #require(forecast.nodes.first { $0.id == "ask" })
        #expect(ask.critical > 0.9 && abs(ask.visited - 0.39) < 0.05 && ask.basis == "node" && forecast.notes.isEmpty)
        #expect(abs(ask.latency.p50 / 3_600_000 - 1) < 0.25)
        #expect(abs(forecast.cost.mean - 500) < 10)
        #expect(FlowForecast(document, history).latency == forecast.latency, "the same seed gives the same forecast")
    }

    @Test func aDraftLearnsFromWhatItsNodesDoElsewhereAndSaysWhatItDoesNotKnow() throws {
        let document = try Self.document(Self.nodes)
        var history = FlowHistory()
        for _ in 0..<50 { history.record(try #require(document.node("open")), port: "success", milliseconds: 2_000, costMicros: 0) }
        history.nodes = [:]
        let forecast = FlowForecast(document, history)
        let open = try #require(forecast.nodes.first { $0.id == "open" })
        #expect(open.basis == "kind" && abs(open.latency.p50 - 2_000) < 50)
        #expect(forecast.notes.count == 3 && forecast.notes.contains("nothing like 'ask' has run yet: taken to be between 1m and 2d"))
    }

    @Test func whatIsOpenCountsWithWhatItHasTaken() throws {
        let document = try Self.document(Self.nodes)
        var history = FlowHistory()
        var random = SeededGenerator(seed: 4)
        for id in ["left", "right", "open"] {
            for _ in 0..<400 {
                history.record(try #require(document.node(id)), port: "success", milliseconds: Int64(1_000 + 9_000 * random.uniform()), costMicros: 0)
            }
        }
        typealias Position = RemainingTime.Position
        let scope = Position.Scope(seq: 3, node: "both", outer: nil, finished: 1, left: 0)
        let one = Position(
            branches: [.init(seq: 3, node: "both", elapsed: 8_000), .init(seq: 4, node: "left", elapsed: 8_000, scope: 3)], scopes: [scope])
        let late = RemainingTime(document, history, one)
        #expect(late.quantile(0.99) < 3_000 && late.quantile(0.5) > 300 && late.probability(beyond: 4_000) < 0.05)
        var both = scope
        both.finished = 0
        let fresh = RemainingTime(
            document, history,
            Position(
                branches: [.init(seq: 4, node: "left", elapsed: 0, scope: 3), .init(seq: 5, node: "right", elapsed: 0, scope: 3)], scopes: [both]))
        // Of the longer of two.
        #expect(abs(fresh.quantile(0.5) - (1_000 + 9_000 * 0.5.squareRoot())) < 900)
    }

    @Test func histogramsAreExactEnoughAddUpAndKeepTheirBytes() throws {
        var (a, b, all) = (LogHistogram(), LogHistogram(), LogHistogram())
        var random = SeededGenerator(seed: 7)
        var values: [Int64] = [0, 0, 1, .max, -5]
        for _ in 0..<5_000 { values.append(Int64(exp(random.uniform() * 20))) }
        for (index, value) in values.enumerated() {
            if index % 2 == 0 { a.record(value) } else { b.record(value) }
            all.record(value)
        }
        #expect(a.merged(with: b) == all && b.merged(with: a) == all && all.count == 5_005)
        #expect(LogHistogram(encoded: all.encoded) == all && all.encoded.count < 4_000)
        values.sort()
        let quantiles = all.prepared()
        for share in [0.1, 0.5, 0.9, 0.99] {
            let exact = Double(values[Int(share * Double(values.count))])
            #expect(abs(quantiles.quantile(share) / exact - 1) < 0.03, "\(share)")
        }
        for bad in [[0x80], [5], [5, 0], [0, 1, 0, 1], [0xFF, 0xFF, 0xFF, 1, 1]] as [[UInt8]] { #expect(LogHistogram(encoded: bad) == nil) }
    }

    /// The interval of n observations must not be the n observations.
    @Test(arguments: [8, 30, 200])
    func fewObservationsGiveWiderIntervals(n: Int) {
        var random = SeededGenerator(seed: UInt64(n))
        var inside = 0
        let rounds = 3_000
        for _ in 0..<rounds {
            var histogram = LogHistogram()
            for _ in 0..<n { histogram.record(Int64(1_000 * exp(random.uniform() * 3))) }
            let quantiles = histogram.prepared()
            let next = 1_000 * exp(random.uniform() * 3)
            if (quantiles.value(at: 0.1)...quantiles.value(at: 0.9)).contains(next) { inside += 1 }
        }
        #expect(abs(Double(inside) / Double(rounds) - 0.8) < 0.03, "\(Double(inside) / Double(rounds))")
    }
}
