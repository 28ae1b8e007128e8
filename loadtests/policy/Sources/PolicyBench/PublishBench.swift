internal import Cedar
internal import FoundationEssentials
internal import JSON

/// What it takes before a text of policies can decide: parsing, validation against the tenant's schema, compiling and indexing.
struct PublishBench {
    private let text: String
    private let schema: Schema

    /// - Parameter path: Of a workload, as in `DecisionBench`, with a schema.
    init(path: String) throws {
        let json = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        text = json["policies"]?.stringValue ?? ""
        schema = try Schema(parsing: json["schema"]?.stringValue ?? "")
    }

    /// The time from text to index alone, and the time with validation between them; and what validation finds.
    func run(rounds: Int) throws -> JSONValue {
        let clock = ContinuousClock()
        let validator = PolicyValidator(schema)
        var parsing: [Double] = []
        var publishing: [Double] = []
        var invalid: Set<String> = []
        for _ in 0..<rounds {
            let start = clock.now
            let set = try PolicySet(parsing: text, naming: .byPosition)
            let parsed = clock.now
            let result = validator.validate(set)
            publishing.append((clock.now - start).microseconds / 1000)
            parsing.append((parsed - start).microseconds / 1000)
            guard !set.policies.isEmpty else { throw PolicyBench.Usage() }
            invalid = Set(result.errors.map(\.policy.description))
        }
        parsing.sort()
        publishing.sort()
        return [
            "p50": .double(parsing[parsing.count / 2]), "validated_p50": .double(publishing[publishing.count / 2]),
            "invalid": .array(invalid.sorted().map(JSONValue.string)),
        ]
    }
}
