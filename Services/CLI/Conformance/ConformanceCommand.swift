internal import ArgumentParser

/// `provable conformance …`: outside vectors, one command for each format.
struct ConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Check the formats against outside vectors.",
        subcommands: [
            MerkleConformance.self,
            TesseraLogConformance.self,
            CanonicalJSONConformance.self,
            FlowConformance.self,
            WireEcho.self,
        ])
}

extension ConformanceReport {
    /// Prints the summary and ends with exit code 1 where a case differs or there was none.
    func finish() throws {
        print(summary)
        guard isClean else { throw ExitCode.failure }
    }
}
