import ArgumentParser
import FlowSimulation

/// Runs the engine's core through seeds: flows, workers that die, messages that get lost or come twice, people, a clock. Every seed is one history,
/// and the same seed is the same history again.
struct FlowSimulationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow-simulation", abstract: "Runs the flow engine's core under seeded faults, and checks each history.")

    @Option(help: "The first seed.") var first: UInt64 = 0
    @Option(help: "How many seeds.") var seeds: UInt64 = 10_000
    @Option(help: "Nodes of a flow, about.") var nodes = Options().nodes
    @Option(help: "Runs of a seed that were started by hand.") var runs = Options().runs

    /// Failing histories that are printed; the rest are counted.
    private static let shown = 3

    mutating func run() throws {
        var options = Options()
        options.nodes = nodes
        options.runs = runs
        var (allRuns, allSteps, allHappened, failed) = (0, 0, 0, 0)
        for seed in first..<first + seeds {
            let simulation = Simulation(seed: seed, options: options)
            allRuns += simulation.runs
            allSteps += simulation.steps
            allHappened += simulation.happened
            guard !simulation.violations.isEmpty else { continue }
            failed += 1
            if failed <= Self.shown { show(simulation.shrunk()) }
        }
        print("\(seeds) seeds from \(first), \(allRuns) runs, \(allSteps) steps, \(allHappened) happenings, \(failed) seeds failed")
        if failed > 0 { throw ExitCode.failure }
    }

    private func show(_ simulation: Simulation) {
        print("seed \(simulation.seed) fails with \(simulation.options):")
        for violation in simulation.violations.prefix(5) { print("  \(violation)") }
        for line in simulation.history { print("    \(line)") }
    }
}

FlowSimulationCommand.main()
