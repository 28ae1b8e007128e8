public import FoundationEssentials
public import Identity

/// Something that wants a person.
public struct InboxItem: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case approval
        case task
        case anomaly
        case failedRun = "failed-run"
    }

    public enum State: String, Sendable, CaseIterable { case open, closed }

    public var id: UUID
    public var kind: Kind
    public var state: State
    public var title: String
    public var summary: String
    /// The role that it is for; empty for every member.
    public var role: String
    public var run: RunID?
    public var task: TaskID?
    public var anomaly: UUID?
    public var created: Date
    public var due: Date?
    /// info, wait, bad or cost: what the item's colour means.
    public var tone: String
    public var requestedBy: String
    /// Changes arrive at least once and in any order; the highest revision is the truth.
    public var revision: UInt64

    public init(
        id: UUID, kind: Kind, state: State, title: String, summary: String, role: String, run: RunID?, task: TaskID?, anomaly: UUID?,
        created: Date, due: Date?, tone: String, requestedBy: String, revision: UInt64
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.title = title
        self.summary = summary
        self.role = role
        self.run = run
        self.task = task
        self.anomaly = anomaly
        self.created = created
        self.due = due
        self.tone = tone
        self.requestedBy = requestedBy
        self.revision = revision
    }

    /// Whether a person with `roles` sees the item. Auditors and administrators see all of a tenant's inbox.
    public func isVisible(to roles: Set<String>) -> Bool {
        role.isEmpty || roles.contains(role) || roles.contains("admin") || roles.contains("auditor")
    }
}
