internal import Identity
internal import Synchronization

/// Lets decisions of one tenant that are asked for at the same time be committed together: they share a transaction, a lock on the
/// tenant's sequence of receipts, and an fsync.
///
/// Nobody waits for company. Who comes while none of the tenant's is at work begins at once; who comes meanwhile is taken along by
/// whoever comes next to work. So there is no task of its own, and nothing runs that no caller waits for.
final class DecisionDesk: Sendable {
    typealias Answer = Result<DecisionRecord, any Error>

    /// Decisions of one commit at most.
    static let batchMax = 64
    /// Of one tenant that may wait; beyond them callers are pushed back.
    static let waitingMax = 2_048

    struct Ticket: Sendable {
        let asked: AskedDecision
        fileprivate let continuation: CheckedContinuation<Turn, Never>
    }

    /// What a caller that waited is told.
    enum Turn: Sendable {
        case answered(Answer)
        /// Decides for itself: the batch that it was in was not committed.
        case alone
        /// Decides for itself and for these.
        case lead([Ticket])
        case refused
    }

    private let waiting = Mutex<[TenantID: [Ticket]]>([:])

    /// Returns at once where nobody of the tenant is at work; who is told to lead must call ``finish(_:)``.
    func turn(_ asked: AskedDecision, tenant: TenantID) async -> Turn {
        let isFirst = waiting.withLock { waiting in
            guard waiting[tenant] == nil else { return false }
            waiting[tenant] = []
            return true
        }
        if isFirst { return .lead([]) }
        return await withCheckedContinuation { continuation in
            let turn: Turn? = waiting.withLock { waiting in
                guard let queue = waiting[tenant] else {
                    // Whoever was at work has just ended.
                    waiting[tenant] = []
                    return .lead([])
                }
                guard queue.count < Self.waitingMax else { return .refused }
                waiting[tenant, default: []].append(Ticket(asked: asked, continuation: continuation))
                return nil
            }
            if let turn { continuation.resume(returning: turn) }
        }
    }

    /// Hands the lead to whoever waits longest, with company that can share a commit with it.
    func finish(_ tenant: TenantID) {
        let next: (Ticket, [Ticket])? = waiting.withLock { waiting in
            guard var queue = waiting[tenant], !queue.isEmpty else {
                waiting[tenant] = nil
                return nil
            }
            let leader = queue.removeFirst()
            var batch = [leader]
            var rest: [Ticket] = []
            for ticket in queue {
                if batch.count < Self.batchMax, batch.allSatisfy({ !$0.asked.excludes(ticket.asked) }) {
                    batch.append(ticket)
                } else {
                    rest.append(ticket)
                }
            }
            waiting[tenant] = rest
            return (leader, Array(batch.dropFirst()))
        }
        if let (leader, company) = next { leader.continuation.resume(returning: .lead(company)) }
    }

    func answer(_ ticket: Ticket, _ turn: Turn) { ticket.continuation.resume(returning: turn) }
}

extension AskedDecision {
    /// The second of two under one id must see the first; and an approval is used up by one.
    fileprivate func excludes(_ other: AskedDecision) -> Bool {
        if requestID == other.requestID { return true }
        if given.isEmpty || other.given.isEmpty { return false }
        return !Set(given.map(\.task)).isDisjoint(with: other.given.map(\.task))
    }
}
