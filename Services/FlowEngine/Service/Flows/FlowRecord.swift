internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import Trust

/// One stored version of a flow.
struct FlowRecord: Sendable {
    enum State: String, Sendable { case published, awaitingApproval = "awaiting-approval", refused }

    var flow: String
    var version: SHA256Digest
    var number: Int
    var title: String
    /// The document's JSON as it was published.
    var document: [UInt8]
    var trigger: String
    var eventKind: String?
    var note: String
    var state: State
    var author: String
    var authorRoles: [String]
    var task: TaskID?
    var receipt: ReceiptID?
    var createdAt: Date
    var publishedAt: Date?

    init(document: FlowDocument, note: String, state: State, author: String, authorRoles: [String], createdAt: Date) {
        flow = document.name
        version = document.versionID
        number = 0
        title = document.title
        self.document = document.source.encoded()
        trigger = document.trigger?.node.source.summary ?? ""
        eventKind = document.trigger?.node.source.eventKind
        self.note = note
        self.state = state
        self.author = author
        self.authorRoles = authorRoles
        self.createdAt = createdAt
    }

    init(_ row: PostgresRow) throws(PostgresError) {
        flow = try row.text("flow")
        version = try row.digest("version_id")
        number = Int(try row.int("number"))
        title = try row.text("title")
        document = try row.bytes("document")
        trigger = try row.text("trigger_summary")
        eventKind = try row.optionalText("event_kind")
        note = try row.text("note")
        guard let state = State(rawValue: try row.text("state")) else { throw .unreadableColumn("state", reason: "is no state of a version") }
        self.state = state
        author = try row.text("author")
        authorRoles = try row.textArray("author_roles")
        task = try row.optionalUUID("task_id").map(TaskID.init(rawValue:))
        receipt = try row.optionalUUID("receipt_id").map(ReceiptID.init(rawValue:))
        createdAt = try row.timestamp("created_at")
        publishedAt = try row.optionalTimestamp("published_at")
    }
}

extension PostgresRow {
    func digest(_ column: String) throws(PostgresError) -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: try bytes(column)) else { throw .unreadableColumn(column, reason: "is no SHA-256 digest") }
        return digest
    }
}
