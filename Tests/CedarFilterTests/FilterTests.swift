import Cedar
import JSON
import Logging
import Postgres
import TestKit
import Testing

/// A filter selects the rows that would be allowed one by one: no more, no fewer.
@Suite struct FilterTests {
    private static let columns = #"""
        {"type": "Doc", "id": "doc_id",
         "attributes": {
           "owner": {"column": "owner", "type": "entity", "entity_type": "User", "nullable": true},
           "level": {"column": "level", "type": "long", "nullable": true},
           "size": {"column": "size", "type": "long"},
           "name": {"column": "name", "type": "string"},
           "open": {"column": "is_open", "type": "bool", "nullable": true},
           "labels": {"column": "labels", "type": "set", "nullable": true, "element": {"type": "string"}},
           "editors": {"column": "editors", "type": "set", "element": {"type": "entity", "entity_type": "User"}},
           "about.kind": {"column": "kind", "type": "string"}
         },
         "ancestors": {"Folder": "EXISTS (SELECT 1 FROM folder AS f WHERE f.doc_id = doc.doc_id AND f.folder_id = {id})"}}
        """#

    private static let conditions = [
        "resource.owner == principal", "resource has owner && resource.owner == principal", "resource.level > 3",
        "resource.level > 3 || resource.open", "resource.open || resource.level > 3", "resource.level > 3 && resource.open",
        "resource.open && resource.level > 3", "!(resource.open)", "resource has level && resource.level <= context.limit",
        "resource.size >= 2 && resource.size < 5", "resource.name like \"a*_%\"", "resource.name like \"*\\*\"", "resource.name == \"a\\\\b\"",
        "resource.name != context.word", "resource.labels.contains(\"x\")", "resource.labels.containsAny([\"x\", \"y\"])",
        "resource.labels.containsAll([\"x\", \"y\"])", "resource.labels.isEmpty()", "[\"a\", \"b\"].contains(resource.name)",
        "resource.editors.contains(principal)", "[1, 2, 3].contains(resource.level)",
        "if resource.open then resource.size > 3 else resource.level > 3",
        "if resource has open then resource.open else true", "resource in Folder::\"f\"", "resource in [Folder::\"f\", Folder::\"g\"]",
        "resource == Doc::\"3\"", "resource in Doc::\"4\"", "resource is Doc in Folder::\"g\"", "resource.owner is User", "resource is Photo",
        "resource.about.kind == \"k\"", "resource.level == resource.size", "resource.owner == Doc::\"3\"", "resource.level == \"3\"",
        "resource.labels.contains(3)", "context.limit > 3", "principal has age && principal.age > 17", "true",
    ]

    private static let scopes = [
        "resource", "resource == Doc::\"2\"", "resource in Folder::\"f\"", "resource is Doc", "resource is Doc in Folder::\"g\"",
    ]

    @Test func aFilterSelectsWhatIsAllowedOneByOne() async throws {
        let server = try await PrivatePostgres.shared
        let pool = try PostgresPool(
            configuration: server.superuser(database: try await server.makeDatabase()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let table = try await Table(pool, rows: 120, seed: 7)
        var policies: [String] = []
        for condition in Self.conditions {
            policies.append("permit(principal, action, resource) when { \(condition) };")
            policies.append("permit(principal, action, resource); forbid(principal, action, resource) when { \(condition) };")
            policies.append("permit(principal, action, resource) unless { \(condition) };")
        }
        for scope in Self.scopes { policies.append("permit(principal, action, \(scope)) when { resource.level > 1 };") }
        var random = SplitMix(seed: 11)
        for _ in 0..<300 { policies.append(Self.several(&random)) }
        for text in policies { try await compare(text, table, pool) }
        await pool.close()
    }

    /// A few policies at random, with conditions inside each other.
    private static func several(_ random: inout SplitMix) -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in "(\(conditions.randomElement(using: &random) ?? "true"))" }
            let body = parts.dropFirst().reduce(parts[0]) { "(\($0) \(Bool.random(using: &random) ? "&&" : "||") \($1))" }
            let effect = Int.random(in: 0..<3, using: &random) == 0 ? "forbid" : "permit"
            return
                "\(effect)(principal, action, \(scopes.randomElement(using: &random) ?? "resource")) \(Bool.random(using: &random) ? "when" : "unless") { \(body) };"
        }.joined(separator: "\n")
    }

    private func compare(_ text: String, _ table: Table, _ pool: PostgresPool) async throws {
        let set = try PolicySet(parsing: text)
        let context = RecordValue([("limit", .long(4)), ("word", .string("ab"))])
        let principal = EntityUID(type: "User", id: "a")
        let view = EntityUID(type: "Action", id: "view")
        for mode in [SQLFilter.ErringForbid.isSkipped, .denies] {
            let filter = try Authorizer.filter(
                principal: principal, action: view, context: context, set, table.entities,
                columns: try FilterColumns(json: JSONValue(parsing: Self.columns)), erringForbid: mode)
            let rows = try await pool.batch(
                tenant: nil, [Statement("SELECT doc_id FROM doc WHERE \(filter.text)", filter.parameters.map(Self.bound))])[0]
            let selected = Set(try rows.map { try $0.text("doc_id") })
            let allowed = table.documents.filter { uid in
                let response = Authorizer.isAuthorized(
                    Request(principal: principal, action: view, resource: uid, context: context), set, table.entities)
                return response.decision == .allow && (mode == .isSkipped || !response.errors.contains { $0.effect == .forbid })
            }
            #expect(selected == Set(allowed.map(\.id.string)), "\(text) as \(filter.text)")
        }
    }

    private static func bound(_ parameter: SQLFilter.Parameter) -> PostgresValue {
        switch parameter {
        case .bool(let holds): .bool(holds)
        case .long(let number): .int(number)
        case .text(let text): .text(text)
        case .bools(let list): .textArray(list.map { $0 ? "t" : "f" })
        case .longs(let list): .intArray(list)
        case .texts(let list): .textArray(list)
        }
    }

    @Test(
        "What SQL would answer otherwise is refused, with the place",
        arguments: [
            ("resource.level + 1 > 3", "resource.level + 1"), ("resource.owner in User::\"a\"", "resource.owner in User::\"a\""),
            ("resource.hidden", "resource.hidden"), ("resource in Vault::\"v\"", "Vault"), ("resource.getTag(\"t\") == 1", "tags"),
            ("resource.labels == [\"x\"]", "arrays"), ("resource.name == \"a\\0b\"", "NUL"), ("{a: resource.level}.a > 3", "SQL has no equal"),
        ])
    func refusals(condition: String, reason: String) throws {
        let set = try PolicySet(parsing: "@id(\"p\") permit(principal, action, resource) when { \(condition) };")
        do throws(FilterError) {
            let filter = try Authorizer.filter(
                principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "view"), context: .empty, set, .none,
                columns: Self.parsed())
            Issue.record("\(condition) became \(filter.text)")
        } catch {
            #expect(error.description.hasPrefix("policy p: ") && error.description.contains(reason), "\(error)")
        }
    }

    private static func parsed() throws(FilterError) -> FilterColumns {
        guard let json = try? JSONValue(parsing: columns) else { preconditionFailure("the columns of this test are JSON") }
        return try FilterColumns(json: json)
    }
}
