internal import Cedar
internal import FoundationEssentials
internal import JSON

/// Runs the cases of Cedar's own integration tests: JSON files that name policies and entities beside them and say, for each
/// request, the decision, the determining policies and the erring ones.
struct CedarConformance {
    /// The folder that the paths within the cases are relative to.
    let root: URL

    struct Report: Sendable {
        var cases = 0
        var requests = 0
        var agreed = 0
        /// Cases whose files this engine could not read.
        var unread: [String] = []
        var disagreements: [String] = []

        var isClean: Bool { unread.isEmpty && disagreements.isEmpty }
        var summary: String {
            "cedar: \(cases) cases, \(requests) requests, \(agreed) agreed, \(disagreements.count) disagreed, \(unread.count) unreadable"
        }
    }

    /// Runs every case under the root, in the order of their paths.
    func run() throws -> Report {
        var report = Report()
        for path in try casePaths() { run(path, &report) }
        return report
    }

    /// JSON files that are neither entities nor schemas.
    private func casePaths() throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return all.filter { path in
            path.hasSuffix(".json") && !path.hasSuffix("entities.json") && !path.hasSuffix("schema.json")
                && (path.hasPrefix("tests/") || path.hasPrefix("corpus-tests/"))
        }.sorted()
    }

    private func run(_ path: String, _ report: inout Report) {
        report.cases += 1
        do {
            let json = try JSONValue(parsing: bytes(path))
            let policies = try PolicySet(parsing: text(json["policies"]?.stringValue ?? ""), naming: .byPosition)
            let entities = try Entities(json: JSONValue(parsing: bytes(json["entities"]?.stringValue ?? "")))
            for (index, request) in (json["requests"]?.arrayValue ?? []).enumerated() {
                report.requests += 1
                if let difference = try difference(request, policies, entities) {
                    report.disagreements.append("\(path) request \(index): \(difference)")
                } else {
                    report.agreed += 1
                }
            }
        } catch {
            report.unread.append("\(path): \(error)")
        }
    }

    /// What is answered otherwise than expected; nil where all is the same.
    private func difference(_ json: JSONValue, _ policies: PolicySet, _ entities: Entities) throws -> String? {
        let request = Request(
            principal: try EntityUID(json: json["principal"] ?? .null), action: try EntityUID(json: json["action"] ?? .null),
            resource: try EntityUID(json: json["resource"] ?? .null), context: try RecordValue(json: json["context"] ?? [:]))
        let response = Authorizer.isAuthorized(request, policies, entities)
        let found = [[response.decision.rawValue], names(response.reasons), names(response.errors.map(\.policy))]
        let expected = [[json["decision"]?.stringValue ?? ""], names(json["reason"]), names(json["errors"])]
        guard found != expected else { return nil }
        return "expected \(expected), found \(found) \(response.errors.map(\.error.description))"
    }

    private func names(_ ids: [PolicyID]) -> [String] { ids.map(\.description).sorted() }
    private func names(_ json: JSONValue?) -> [String] { (json?.arrayValue ?? []).compactMap(\.stringValue).sorted() }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: root.appending(path: path))) }
    private func text(_ path: String) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw JSONError(reason: "\(path) is not valid UTF-8")
        }
        return text
    }
}
