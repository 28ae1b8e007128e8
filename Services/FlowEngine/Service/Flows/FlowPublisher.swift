internal import FlowEngineCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
internal import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
internal import Wire

/// Makes a version the one that runs start with, as far as policy lets it.
struct FlowPublisher: Sendable {
    struct Outcome: Sendable {
        var state: FlowRecord.State
        var task: TaskID?
        var receipt: ReceiptID?
        var reason: String
    }

    static let action = "flow.publish"
    private static let defaultTTL: TimeInterval = 72 * 3600

    let pool: PostgresPool
    let flows: PostgresFlowStore
    let tasks: PostgresTaskStore
    let activity = PostgresActivityStore()
    let documents: DocumentCache
    let receipts: ReceiptRecorder
    let outbox: Outbox
    let policy: PolicyGateway
    let clock: any WallClock

    func publish(_ document: FlowDocument, note: String, by author: RunPrincipal, key: String, tenant: TenantID) async throws -> Outcome {
        let current = try await pool.withTenant(tenant) { tx in try await flows.current(document.name, tenant: tenant, in: tx) }
        if let current, current.version == document.versionID {
            return Outcome(state: .published, receipt: current.receipt, reason: "this version is published already")
        }
        let answer = try await decide(document.name, document.versionID, note: note, by: author, grants: [], key: key, tenant: tenant)
        let record = FlowRecord(document: document, note: note, state: .published, author: author.id, authorRoles: author.roles, createdAt: clock.now)
        switch answer.verdict {
        case .allow, .redact:
            return try await pool.withTenant(tenant) { tx in
                // The same request may be made twice at once: the second finds what the first has published.
                try await flows.lock(record.flow, tenant: tenant, in: tx)
                if let current = try await flows.current(record.flow, tenant: tenant, in: tx), current.version == record.version {
                    return Outcome(state: .published, receipt: current.receipt, reason: "this version is published already")
                }
                return try await self.publish(record, answer, causes: [], tenant: tenant, in: tx)
            }
        case .requireApproval, .redactAndRequireApproval: return try await askFor(record, document, answer, tenant: tenant)
        case .deny: return Outcome(state: .refused, reason: answer.reason)
        }
    }

    // MARK: The approval

    private func askFor(_ record: FlowRecord, _ document: FlowDocument, _ answer: PolicyAnswer, tenant: TenantID) async throws -> Outcome {
        guard let gate = answer.gates.first else { return Outcome(state: .refused, reason: answer.reason) }
        let now = clock.now
        return try await pool.withTenant(tenant) { tx in
            try await flows.lock(record.flow, tenant: tenant, in: tx)
            if let pending = try await flows.version(record.flow, record.version, tenant: tenant, in: tx), pending.state == .awaitingApproval,
                let task = pending.task, let open = try await tasks.find(task, tenant: tenant, in: tx), open.state == .open
            {
                return Outcome(state: .awaitingApproval, task: task, reason: open.request.reason)
            }
            let subject = Self.subject(record)
            let request = PersonRequest(
                task: .make(), kind: .approval, role: gate.role, title: "Publish \(document.title)", subject: subject,
                digest: SHA256Digest(hashing: try subject.canonical()), excluded: [record.author],
                ttl: FlowDuration(milliseconds: gate.ttlSeconds > 0 ? Int64(gate.ttlSeconds) * 1000 : Int64(Self.defaultTTL * 1000)),
                reason: answer.reason,
                decision: answer.decision)
            let task = TaskRecord(
                request: request, state: .open, run: nil, flow: record.flow, version: record.version, node: "", seq: 0, requestedBy: record.author,
                enforcedIdentity: answer.enforcedIdentity, createdAt: now, dueAt: now.addingTimeInterval(request.ttl.seconds))
            var record = record
            record.state = .awaitingApproval
            record.task = request.task
            _ = try await flows.save(record, tenant: tenant, in: tx)
            try await tasks.open(task, tenant: tenant, in: tx)
            try await tell(InboxItem.opened(task), tenant: tenant, in: tx)
            try await activity.append([(.taskOpened, task.news)], at: now, tenant: tenant, in: tx)
            return Outcome(state: .awaitingApproval, task: request.task, reason: answer.reason)
        }
    }

    /// Exactly what an approver of a publish signs.
    private static func subject(_ record: FlowRecord) -> JSONValue {
        [
            "action": .string(action), "flow": .string(record.flow), "version": .string(record.version.hex), "note": .string(record.note),
            "requested_by": .string(record.author), "document_sha256": .string(SHA256Digest(hashing: record.document).hex),
        ]
    }

    /// What an authorised answer to a publish's approval does. Policy is asked again, with the grant, before anything is stored.
    func decided(
        _ task: TaskRecord, _ answer: PersonAnswer, judge: @escaping @Sendable (TaskRecord) throws -> Void, tenant: TenantID,
        once: @escaping TaskDecisions.Once
    ) async throws {
        guard answer.verdict == .approve else {
            return try await pool.withTenant(tenant) { tx in
                try await once(tx) { _ = try await self.close(task, answer, judge: judge, tenant: tenant, in: tx) }
            }
        }
        let pending = try await pool.withTenant(tenant) { tx in try await flows.version(task.flow, task.version, tenant: tenant, in: tx) }
        guard let pending else { throw RPCError(.notFound, reason: "VERSION_NOT_FOUND", message: "the version that was to be published is gone") }
        let author = RunPrincipal(kind: .person, id: pending.author, roles: pending.authorRoles)
        let grant = ApprovalGrant(
            role: task.request.role, approver: answer.by, task: task.request.task,
            enforcedIdentity: task.enforcedIdentity ?? SHA256Digest(hashing: []),
            expires: clock.now.micros + task.request.ttl.milliseconds * 1000)
        let verdict = try await decide(
            task.flow, task.version, note: pending.note, by: author, grants: [grant], key: task.request.task.description, tenant: tenant)
        guard verdict.verdict == .allow || verdict.verdict == .redact else {
            throw RPCError(
                .failedPrecondition, reason: "PUBLISH_REFUSED", message: "policy does not let it be published with this approval: \(verdict.reason)")
        }
        try await pool.withTenant(tenant) { tx in
            try await once(tx) {
                let approval = try await self.close(task, answer, judge: judge, tenant: tenant, in: tx)
                _ = try await self.publish(pending, verdict, causes: [approval.paeDigest], tenant: tenant, in: tx)
            }
        }
    }

    private func close(
        _ task: TaskRecord, _ answer: PersonAnswer, judge: (TaskRecord) throws -> Void, tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> SignedReceipt {
        try await flows.lock(task.flow, tenant: tenant, in: tx)
        guard let locked = try await tasks.find(task.request.task, locking: true, tenant: tenant, in: tx) else {
            throw RPCError(.notFound, reason: "TASK_NOT_FOUND", message: "there is no such task")
        }
        // Judged again under the lock: two people may answer at once.
        try judge(locked)
        let now = clock.now
        let draft = FlowReceipts.approval(
            locked.request, answer, flow: task.flow, version: task.version, tenant: tenant, run: nil, node: "", policy: nil, at: now)
        let receipt = try await receipts.record(draft, in: tx)
        var closed = locked
        closed.state = answer.verdict == .approve ? .approved : .rejected
        closed.decidedBy = answer.by
        _ = try await tasks.close(task.request.task, closed.state, answer, receipt: receipt.id, at: now, tenant: tenant, in: tx)
        if answer.verdict == .reject, var pending = try await flows.version(task.flow, task.version, tenant: tenant, in: tx) {
            pending.state = .refused
            _ = try await flows.save(pending, tenant: tenant, in: tx)
        }
        try await tell(InboxItem.closed(closed), tenant: tenant, in: tx)
        try await activity.append([(.taskClosed, closed.news)], at: now, tenant: tenant, in: tx)
        return receipt
    }

    /// Nobody answered in time.
    func expire(_ id: TaskID, tenant: TenantID) async throws {
        try await pool.withTenant(tenant) { tx in
            guard let seen = try await tasks.find(id, tenant: tenant, in: tx) else { return }
            try await flows.lock(seen.flow, tenant: tenant, in: tx)
            guard var task = try await tasks.find(id, locking: true, tenant: tenant, in: tx), task.state == .open else { return }
            let now = clock.now
            task.state = .expired
            _ = try await tasks.close(id, .expired, nil, receipt: nil, at: now, tenant: tenant, in: tx)
            if var pending = try await flows.version(task.flow, task.version, tenant: tenant, in: tx), pending.state == .awaitingApproval {
                pending.state = .refused
                _ = try await flows.save(pending, tenant: tenant, in: tx)
            }
            try await tell(InboxItem.closed(task), tenant: tenant, in: tx)
            try await activity.append([(.taskClosed, task.news)], at: now, tenant: tenant, in: tx)
        }
    }

    // MARK: The publish

    private func publish(
        _ record: FlowRecord, _ answer: PolicyAnswer, causes: [SHA256Digest], tenant: TenantID, in tx: PostgresTransaction
    ) async throws -> Outcome {
        let now = clock.now
        var record = record
        record.state = .published
        record.publishedAt = now
        let number = try await flows.save(record, tenant: tenant, in: tx)
        let draft = FlowReceipts.publish(
            record, number: number, causes: causes + (answer.receiptDigest.map { [$0] } ?? []), policy: answer.receiptDigest, tenant: tenant, at: now)
        let receipt = try await receipts.record(draft, in: tx)
        record.receipt = receipt.id
        _ = try await flows.save(record, tenant: tenant, in: tx)
        try await flows.makeCurrent(record, nextFire: try nextFire(record, from: now), tenant: tenant, in: tx)
        let news: JSONObject = ["flow": .string(record.flow), "version_id": .string(record.version.hex), "number": .int(Int64(number))]
        try await activity.append([(.flowPublished, news)], at: now, tenant: tenant, in: tx)
        return Outcome(state: .published, receipt: receipt.id, reason: answer.reason)
    }

    private func nextFire(_ record: FlowRecord, from now: Date) throws -> Date? {
        let document = try documents.document(record.version, source: record.document)
        guard case .schedule(let every)? = document.trigger?.node.source else { return nil }
        return now.addingTimeInterval(every.seconds)
    }

    private func decide(
        _ flow: String, _ version: SHA256Digest, note: String, by author: RunPrincipal, grants: [ApprovalGrant], key: String, tenant: TenantID
    ) async throws -> PolicyAnswer {
        let input: JSONValue = ["flow": .string(flow), "version": .string(version.hex), "note": .string(note)]
        let context: JSONValue = ["run": ["id": "", "flow": .string(flow), "step": "publish"]]
        let request = DerivedIdentity.digest(["publish", tenant.description, flow, version.hex, author.id, key, String(grants.count)])
        return try await policy.decide(
            PolicyV1.DecideRequest(
                principal: PolicyV1.EntityReference(type: author.kind.rawValue, id: author.id), roles: author.roles, action: Self.action,
                resource: PolicyV1.EntityReference(type: "Flow", id: flow), contextJSON: context.encoded(), inputJSON: input.encoded(),
                grants: grants.map(\.wire), requestID: DerivedIdentity.uuid(request).bytes),
            tenant: tenant, principal: author.id)
    }

    private func tell(_ item: CopilotV1.InboxItem, tenant: TenantID, in tx: PostgresTransaction) async throws {
        try await outbox.enqueue(
            call: CopilotV1.Methods.putItem, request: CopilotV1.PutItemRequest(item: item), id: UUIDv7.make(), tenant: tenant, in: tx)
    }
}
