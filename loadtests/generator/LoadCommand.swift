internal import ArgumentParser
internal import AsyncHTTPClient
internal import NIOCore

/// The open-loop generator behind `make bench` and the load tests. It only ever talks to the address it is given.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provable-load", abstract: "Offers requests at a fixed rate and prints latency from the intended start.")

    @Option(help: "Address of a running gateway; loopback only.")
    var baseURL = "http://127.0.0.1:8080"

    @Option(help: "Requests per second of each scenario.")
    var rate = 20.0

    @Option(help: "Seconds that each scenario lasts, at most 600.")
    var seconds = 30

    @Option(help: "Folder for the results.")
    var results = "loadtests/results"

    func validate() throws {
        guard baseURL.hasPrefix("http://127.0.0.1:") || baseURL.hasPrefix("http://localhost:") || baseURL.hasPrefix("http://[::1]:") else {
            throw ValidationError("--base-url must be on this machine; a load test of another host needs its owner's consent")
        }
        guard rate > 0, rate <= 2_000 else { throw ValidationError("--rate must be above 0 and at most 2000") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds must be 1 to 600") }
    }

    func run() async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(timeout: .init(connect: .seconds(5))))
        let load = OpenLoop(rate: rate, duration: .seconds(seconds))
        do {
            let lines = try await GoldenScenario(baseURL: baseURL, client: client).run(load)
            for line in lines { print(line.text) }
            try BenchReport.write(lines, area: "golden", to: results)
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}
