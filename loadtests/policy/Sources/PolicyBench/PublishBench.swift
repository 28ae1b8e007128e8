internal import Cedar
internal import FoundationEssentials
internal import JSON

/// What it takes before a text of policies can decide: parsing, compiling and indexing.
struct PublishBench {
    private let text: String

    /// - Parameter path: Of a workload, as in `DecisionBench`.
    init(path: String) throws {
        let json = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        text = json["policies"]?.stringValue ?? ""
    }

    func run(rounds: Int) throws -> JSONValue {
        let clock = ContinuousClock()
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = clock.now
            let set = try PolicySet(parsing: text)
            times.append((clock.now - start).microseconds / 1000)
            guard !set.policies.isEmpty else { throw PolicyBench.Usage() }
        }
        times.sort()
        return ["p50": .double(times[times.count / 2])]
    }
}
