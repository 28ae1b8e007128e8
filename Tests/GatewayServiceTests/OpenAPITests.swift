import Foundation
import GatewayCore
import HTTPTypes
import JSON
import Testing

@testable import GatewayService

@Suite struct OpenAPITests {
    private let served: JSONValue
    private let door: Door

    init() async throws {
        door = try Door()
        served = try await door.ask(.get, "/openapi.json").json
    }

    /// Services/Gateway/OpenAPI/openapi.json
    private static var file: URL {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Services/Gateway/OpenAPI/openapi.json")
    }

    /// With PROVABLE_WRITE_OPENAPI=1 the file is written instead of compared.
    @Test func theCommittedDocumentIsTheServedOne() throws {
        if ProcessInfo.processInfo.environment["PROVABLE_WRITE_OPENAPI"] == "1" {
            try Data((Pretty.text(served) + "\n").utf8).write(to: Self.file)
        }
        let committed = try JSONValue(parsing: [UInt8](try Data(contentsOf: Self.file)), limits: JSONLimits(size: 16 << 20, depth: 64))
        #expect(committed == served, "run PROVABLE_WRITE_OPENAPI=1 swift test --filter OpenAPITests, then Services/Gateway/Web/generate.sh")
    }

    @Test func everyRouteIsDocumentedAndNothingElseIs() throws {
        let routes = door.responder.table.entries.compactMap { entry in
            if case .endpoint = entry.route { "\(entry.method) \(entry.template)" } else { nil }
        }
        var documented: [String] = []
        for (path, methods) in try #require(served["paths"]?.objectValue) {
            for (method, _) in try #require(methods.objectValue) { documented.append("\(method.uppercased()) \(path)") }
        }
        #expect(Set(routes) == Set(documented))
        #expect(routes.count == documented.count)
    }

    @Test func everyRouteOfTheAPIIsAnEndpoint() {
        for entry in door.responder.table.entries where entry.template.description.hasPrefix("/v1") {
            guard case .endpoint = entry.route else {
                Issue.record("\(entry.template) is served past the endpoints")
                continue
            }
        }
    }

    @Test func everyPlaceInAPathIsDescribedAndNamesAreUnique() {
        let endpoints = door.responder.table.entries.compactMap { entry in
            if case .endpoint(let endpoint) = entry.route { endpoint } else { nil }
        }
        for endpoint in endpoints { #expect(RouteTemplate(endpoint.path).parameterNames == endpoint.parameters.map(\.name), "\(endpoint.path)") }
        #expect(Set(endpoints.map(\.id)).count == endpoints.count)
    }

    @Test func everyReferenceLeadsSomewhere() {
        var references: Set<String> = []
        collect(served, into: &references)
        #expect(references.count > 30)
        for reference in references {
            let target = reference.dropFirst(2).split(separator: "/").reduce(served as JSONValue?) { $0?[String($1)] }
            #expect(target != nil, "\(reference)")
        }
    }

    private func collect(_ value: JSONValue, into references: inout Set<String>) {
        if let reference = value["$ref"]?.stringValue { references.insert(reference) }
        for (_, member) in value.objectValue ?? [:] { collect(member, into: &references) }
        for element in value.arrayValue ?? [] { collect(element, into: &references) }
    }
}

/// JSON for people: one member per line, in the order of the document.
private enum Pretty {
    static func text(_ value: JSONValue, indent: String = "") -> String {
        let inner = indent + " "
        switch value {
        case .object(let members) where members.count > 0:
            let lines = members.map { "\(inner)\(JSONValue.string($0.key).encodedString()): \(text($0.value, indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        case .array(let elements) where !elements.isEmpty:
            return "[\n" + elements.map { inner + text($0, indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
        default: return value.encodedString()
        }
    }
}
