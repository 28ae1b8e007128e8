import Cedar
import Postgres

/// The same documents as rows and as entities.
struct Table {
    let documents: [EntityUID]
    let entities: Entities

    private static let schema = """
        CREATE TABLE doc (doc_id text PRIMARY KEY, owner text, level bigint, size bigint NOT NULL, name text NOT NULL, is_open boolean,
            labels text[], editors text[] NOT NULL, kind text NOT NULL);
        CREATE TABLE folder (doc_id text, folder_id text);
        """

    init(_ pool: PostgresPool, rows: Int, seed: UInt64) async throws {
        for statement in Self.schema.split(separator: ";").map(String.init) where statement.contains("CREATE") {
            try await pool.batch(tenant: nil, [Statement(statement)])
        }
        var random = SplitMix(seed: seed)
        var all = [Entity(uid: EntityUID(type: "User", id: "a"), attributes: RecordValue([("age", .long(18))]))]
        var documents: [EntityUID] = []
        for index in 0..<rows {
            let row = Row(id: "\(index)", &random)
            try await row.insert(into: pool)
            all.append(row.entity)
            documents.append(row.entity.uid)
        }
        self.documents = documents
        entities = try Entities(all)
    }
}

private struct Row {
    let id: String
    let owner: String?
    let level: Int64?
    let size: Int64
    let name: String
    let isOpen: Bool?
    let labels: [String]?
    let editors: [String]
    let kind: String
    let folders: [String]

    init(id: String, _ random: inout SplitMix) {
        func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
        self.id = id
        owner = pick(["a", "b", nil])
        level = pick([0, 2, 3, 4, 9, nil])
        size = pick([0, 2, 3, 4, 5])
        name = pick(["a", "ab", "a_%", "axb%", "a*", "a\\b", "", "é", "e\u{301}"])
        isOpen = pick([true, false, nil])
        labels = pick([[], ["x"], ["x", "y"], ["z"], nil])
        editors = pick([[], ["a"], ["b", "a"]])
        kind = pick(["k", "l"])
        folders = pick([[], ["f"], ["g"], ["f", "g"]])
    }

    func insert(into pool: PostgresPool) async throws {
        try await pool.batch(
            tenant: nil,
            [
                Statement(
                    "INSERT INTO doc VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    [
                        .text(id), .optional(owner), .optional(level), .int(size), .text(name), isOpen.map { .bool($0) } ?? .null,
                        labels.map { .textArray($0) } ?? .null, .textArray(editors), .text(kind),
                    ])
            ] + folders.map { Statement("INSERT INTO folder VALUES ($1, $2)", [.text(id), .text($0)]) })
    }

    var entity: Entity {
        var attributes: [(Text, Value)] = [
            ("size", .long(size)), ("name", .string(Text(name))),
            ("editors", .set(SetValue(editors.map { .entity(EntityUID(type: "User", id: Text($0))) }))),
            ("about", .record(RecordValue([("kind", .string(Text(kind)))]))),
        ]
        if let owner { attributes.append(("owner", .entity(EntityUID(type: "User", id: Text(owner))))) }
        if let level { attributes.append(("level", .long(level))) }
        if let isOpen { attributes.append(("open", .bool(isOpen))) }
        if let labels { attributes.append(("labels", .set(SetValue(labels.map { .string(Text($0)) })))) }
        return Entity(
            uid: EntityUID(type: "Doc", id: Text(id)), attributes: RecordValue(attributes),
            parents: folders.map { EntityUID(type: "Folder", id: Text($0)) })
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014); a seed gives the same documents each time.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
