internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import RPC
internal import Wire

/// A bundle as it was sent, held against its limits. What of it is no JSON is told as a problem of the bundle.
struct AskedBundle: Sendable {
    private static let textBytesMax = 1 << 20
    private static let nameBytesMax = 100
    static let problemsMax = 100

    let name: String
    let content: BundleContent
    /// In texts that are no JSON.
    let problems: [BundleProblem]

    init(_ asked: PolicyGovernanceV1.BundleContent?) throws(RPCError) {
        guard let asked else { throw .invalid("content", "is missing", fix: "send the bundle") }
        guard (1...Self.nameBytesMax).contains(asked.name.utf8.count) else {
            throw .invalid("name", "is empty or longer than \(Self.nameBytesMax) bytes", fix: "name the bundle")
        }
        let sizes = [
            ("policies", asked.policies.utf8.count), ("entities_json", asked.entitiesJSON.count), ("schema", asked.schema.utf8.count),
            ("tests_json", asked.testsJSON.count),
        ]
        for (field, count) in sizes where count > Self.textBytesMax {
            throw .invalid(field, "has more than \(Self.textBytesMax) bytes", fix: "split it")
        }
        var problems: [BundleProblem] = []
        name = asked.name
        content = BundleContent(
            policies: asked.policies, entities: Self.list(asked.entitiesJSON, .entities, &problems), schema: asked.schema,
            tests: Self.list(asked.testsJSON, .tests, &problems), expires: asked.expiresMicros > 0 ? Date(micros: asked.expiresMicros) : nil)
        self.problems = problems
    }

    private static func list(_ bytes: [UInt8], _ source: BundleProblem.Source, _ problems: inout [BundleProblem]) -> JSONValue {
        if bytes.isEmpty { return [] }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes)
        } catch {
            problems.append(
                BundleProblem(
                    source: source, line: error.line, column: error.column, message: "\(source.rawValue): \(error.reason)", fix: "send JSON"))
            return []
        }
    }
}
