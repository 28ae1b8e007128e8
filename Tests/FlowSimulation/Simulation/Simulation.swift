import FlowEngineCore
import Foundation
import Identity
import JSON

/// Flows, runs and faults from one seed, and whether the history holds.
public struct Simulation: Sendable {
    public let seed: UInt64
    public let options: Options
    public private(set) var runs = 0
    public private(set) var steps = 0
    public private(set) var happened = 0
    /// Nothing where everything holds.
    public private(set) var violations: [String] = []
    /// What happened to the run that went wrong.
    public private(set) var history: [String] = []

    public init(seed: UInt64, options: Options = Options()) {
        self.seed = seed
        self.options = options
        perform()
    }

    private mutating func perform() {
        var random = SeededRandom(seed: seed)
        let child = DocumentMaker.make("child", seed: random.next(), nodes: min(4, options.nodes), child: nil)
        var parents: [String: FlowDocument] = [:]
        var starts: [RunState] = []
        for number in 0..<options.runs {
            let name = "flow-\(number)"
            guard let document = DocumentMaker.make(name, seed: random.next(), nodes: options.nodes, child: child?.versionID) else { continue }
            parents[name] = document
            starts.append(Self.start(document, number))
        }
        var world = World(Documents(parents: parents, child: child), options, random)
        do {
            try world.run(starts)
            let found = try HistoryChecker(database: world.database, vendor: world.vendor, documents: world.documents).violations()
            violations = found.map { "run \($0.run): \($0.text)" }
            if let first = found.first { history = Self.history(of: first.run, world) }
        } catch {
            violations = ["\(error)"]
            history = Self.history(of: nil, world)
        }
        runs = world.database.runs.count
        steps = world.database.steps.values.reduce(0) { $0 + $1.count }
        happened = world.happened
    }

    static func start(_ document: FlowDocument, _ number: Int) -> RunState {
        guard let tenant = TenantID("0192f000-0000-7000-8000-000000000001"), let run = RunID("0192f000-0000-7000-8000-0000000000\(10 + number)")
        else {
            preconditionFailure("these are identifiers")
        }
        return RunState(
            tenant: tenant, run: run, flow: document.name, version: document.versionID,
            principal: RunPrincipal(kind: .person, id: "dana", roles: []), trigger: ["n": .int(Int64(number))],
            startedAt: Date(milliseconds: 1_795_400_000_000), node: "start")
    }

    private static func history(of run: RunID?, _ world: World) -> [String] {
        let lines = world.trace.filter { run == nil || $0.run == nil || $0.run == run }.map(\.line)
        let flow = run.flatMap { world.database.runs[$0]?.flow } ?? world.documents.parents.keys.sorted().first ?? ""
        return ["the flow: \(world.documents.document(flow).source.encodedString())"] + lines.suffix(200)
    }

    /// The same seed with as little as possible around the failure.
    public func shrunk() -> Simulation {
        var smallest = self
        while let smaller = smallest.options.smaller.lazy.map({ Simulation(seed: seed, options: $0) }).first(where: { !$0.violations.isEmpty }) {
            smallest = smaller
        }
        return smallest
    }
}
