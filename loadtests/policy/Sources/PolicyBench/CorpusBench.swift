internal import Cedar
internal import FoundationEssentials
internal import JSON

/// Cases of Cedar's corpus from text to decisions; the files are read beforehand.
struct CorpusBench {
    private struct Case {
        let policies: String
        let entities: [UInt8]
        let requests: [[UInt8]]
    }

    private let cases: [Case]

    init(root: URL) throws {
        let folder = root.appending(path: "corpus-tests")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".json") && !$0.hasSuffix(".entities.json")
        }
        cases = try names.sorted().map { name in
            let json = try JSONValue(parsing: Array(try Data(contentsOf: folder.appending(path: name))))
            func bytes(_ member: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: json[member]?.stringValue ?? ""))) }
            return Case(
                policies: String(decoding: try bytes("policies"), as: UTF8.self), entities: try bytes("entities"),
                requests: (json["requests"]?.arrayValue ?? []).map { $0.encoded() })
        }
    }

    func run() throws -> JSONValue {
        var verdicts: [JSONValue] = []
        let clock = ContinuousClock()
        let start = clock.now
        for one in cases {
            let policies = try PolicySet(parsing: one.policies, naming: .byPosition)
            let entities = try Entities(json: JSONValue(parsing: one.entities))
            for request in one.requests {
                let response = Authorizer.isAuthorized(try Request(json: JSONValue(parsing: request)), policies, entities)
                verdicts.append(response.verdict)
            }
        }
        let seconds = (clock.now - start).microseconds / 1e6
        return ["verdicts": .array(verdicts), "cases": .int(Int64(cases.count)), "seconds": .double(seconds)]
    }
}
