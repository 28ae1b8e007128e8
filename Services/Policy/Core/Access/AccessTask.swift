public import FoundationEssentials
public import Identity
public import Trust

/// A request for an approval that a denial named: what was decided on it, by whom, and how it stands.
public struct AccessTask: Hashable, Sendable {
    public enum Status: String, Hashable, Sendable, CaseIterable { case pending, approved, denied, expired, cancelled }

    /// One role that must approve, with how many of its people, and for how long that holds.
    public struct Need: Hashable, Sendable {
        public let role: String
        public let quorum: Int
        /// 0 where the policy names none.
        public let ttlSeconds: Int

        public init(role: String, quorum: Int, ttlSeconds: Int) {
            self.role = role
            self.quorum = max(1, quorum)
            self.ttlSeconds = ttlSeconds
        }
    }

    public struct Vote: Hashable, Sendable {
        /// Names the approval to the decision that it opens, once.
        public let id: TaskID
        public let role: String
        public let approver: String
        public let approves: Bool
        public let comment: String
        public let time: Date

        public init(id: TaskID, role: String, approver: String, approves: Bool, comment: String, time: Date) {
            self.id = id
            self.role = role
            self.approver = approver
            self.approves = approves
            self.comment = comment
            self.time = time
        }
    }

    /// Why somebody's word was not taken.
    public enum Refusal: Error, Hashable, Sendable {
        case closed(Status)
        /// Who asks, or is asked for, approves nothing.
        case ownRequest
        case notOfARole([String])
        case votedAlready
        case notYours
    }

    /// How long a request waits for people, and an approval holds where no policy says it.
    public static let lifetimeSeconds: Double = 72 * 3_600
    public static let approvalSeconds: Double = 3_600

    public let subject: String
    public let requester: String
    public let needs: [Need]
    public let expires: Date
    /// As long as the requester wanted it; nil for as long as the policies let it.
    public let requestedUntil: Date?
    /// As it was stored; a request that ran out is still stored as pending.
    public private(set) var stored: Status
    public private(set) var votes: [Vote]
    public private(set) var approved: Date?

    public init(
        subject: String, requester: String, needs: [Need], expires: Date, requestedUntil: Date? = nil, stored: Status = .pending, votes: [Vote] = [],
        approved: Date? = nil
    ) {
        self.subject = subject
        self.requester = requester
        self.needs = needs
        self.expires = expires
        self.requestedUntil = requestedUntil
        self.stored = stored
        self.votes = votes
        self.approved = approved
    }

    public func status(at time: Date) -> Status { stored == .pending && time >= expires ? .expired : stored }

    /// The latest moment at which the approval counts; nil where there is none.
    public var approvedUntil: Date? {
        guard let approved else { return nil }
        let longest = needs.map { $0.ttlSeconds > 0 ? Double($0.ttlSeconds) : Self.approvalSeconds }.min() ?? Self.approvalSeconds
        let until = approved.addingTimeInterval(longest)
        return min(until, requestedUntil ?? until)
    }

    /// The votes that one person casts: one for each role that they hold and that is still needed.
    ///
    /// - Parameter id: A new name for each vote.
    public mutating func decide(
        _ approves: Bool, by person: String, roles: [String], comment: String, at time: Date, id: () -> TaskID
    ) throws(Refusal) -> [Vote] {
        let status = status(at: time)
        guard status == .pending else { throw .closed(status) }
        guard ![subject, requester].contains(where: { $0.lowercased() == person.lowercased() }) else { throw .ownRequest }
        let held = needs.filter { roles.contains($0.role) }
        guard !held.isEmpty else { throw .notOfARole(needs.map(\.role)) }
        let open = held.filter { need in !votes.contains { $0.role == need.role && $0.approver.lowercased() == person.lowercased() } }
        guard !open.isEmpty else { throw .votedAlready }
        let cast = Set(open.map(\.role)).sorted().map {
            Vote(id: id(), role: $0, approver: person, approves: approves, comment: comment, time: time)
        }
        votes += cast
        if !approves {
            stored = .denied
        } else if needs.allSatisfy(isMet) {
            stored = .approved
            approved = time
        }
        return cast
    }

    /// - Parameter isTrusted: Whether the person may ask, and so withdraw, for others.
    public mutating func cancel(by person: String, isTrusted: Bool, at time: Date) throws(Refusal) {
        guard isTrusted || [subject, requester].contains(person) else { throw .notYours }
        let status = status(at: time)
        guard status == .pending else { throw .closed(status) }
        stored = .cancelled
    }

    private func isMet(_ need: Need) -> Bool {
        Set(votes.filter { $0.approves && $0.role == need.role }.map { $0.approver.lowercased() }).count >= need.quorum
    }

    /// What the decision is asked with; empty where there is no approval that still counts.
    public func grants(identity: SHA256Digest, at time: Date) -> [ApprovalGrant] {
        guard stored == .approved, let until = approvedUntil, time < until else { return [] }
        return votes.filter(\.approves).map {
            ApprovalGrant(role: $0.role, approver: $0.approver, task: $0.id, enforcedIdentity: identity, expires: until)
        }
    }
}
