internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import RPC
internal import Trust

/// Reads a window of the log, page by page, and asks a draft about it. Contexts are fetched and opened only where they are needed.
struct ReplayRunner: Sendable {
    let parts: PolicyParts
    /// Decisions that are read at once.
    var pageSize = 2_000
    var isFull = false
    var examplesMax = 3
    /// Under which it says how far it is; nil where nobody asks.
    var progress: UUID?
    /// Told of each page once it is read and counted.
    var turned: @Sendable (Int64) async throws -> Void = { _ in }

    func replay(_ digest: SHA256Digest, since: Date, until: Date, tenant: TenantID) async throws -> ReplayReport {
        let draft = try await parts.pool.withTenant(tenant) { tx in
            guard try await parts.bundles.exists(digest, tenant: tenant, in: tx) else {
                throw RPCError(.notFound, reason: "BUNDLE_NOT_FOUND", message: "there is no bundle \(digest.hex.prefix(12))")
            }
            return try await parts.bundle(digest, tenant: tenant, in: tx)
        }
        return try await replay(draft, since: since, until: until, tenant: tenant)
    }

    func replay(_ draft: CompiledBundle, since: Date, until: Date, tenant: TenantID) async throws -> ReplayReport {
        let log = PostgresReplayStore(vault: parts.vault)
        var replay = Replay(draft: draft, engine: DecisionRecord.engine, isFull: isFull, examplesMax: examplesMax)
        let bundles = try await bundles(since: since, until: until, log, tenant: tenant)
        for bundle in bundles.values { replay.know(bundle) }
        let total =
            progress == nil
            ? 0
            : try await parts.pool.withTenant(tenant) { tx in
                try await log.count(since: since, until: until, tenant: tenant, in: tx)
            }
        var done: Int64 = 0
        var last: UUID?
        while true {
            let after = last
            let (soFar, time) = (done, parts.now())
            let page = try await parts.pool.withTenant(tenant) { tx in
                if let progress {
                    try await parts.progress.put(.init(done: soFar, total: total), of: progress, at: time, tenant: tenant, in: tx)
                }
                return try await log.page(since: since, until: until, after: after, limit: pageSize, tenant: tenant, in: tx)
            }
            try await turned(done)
            done += Int64(page.count)
            try await replay.take(page, bundles: bundles) { ids in
                try await parts.pool.withTenant(tenant) { tx in try await log.matters(ids, tenant: tenant, in: tx) }
            }
            guard page.count == pageSize, let end = page.last else { break }
            last = end.decision.id
        }
        if let progress {
            let time = parts.now()
            try await parts.pool.withTenant(tenant) { tx in try await parts.progress.end(progress, at: time, tenant: tenant, in: tx) }
        }
        return replay.report(since: since, until: until)
    }

    /// Those that decided in the window and can still be read.
    func bundles(since: Date, until: Date, _ log: PostgresReplayStore, tenant: TenantID) async throws -> [SHA256Digest: CompiledBundle] {
        try await parts.pool.withTenant(tenant) { tx in
            var bundles: [SHA256Digest: CompiledBundle] = [CompiledBundle.empty.digest: .empty]
            for digest in try await log.bundles(since: since, until: until, tenant: tenant, in: tx)
            where try await parts.bundles.exists(digest, tenant: tenant, in: tx) {
                bundles[digest] = try await parts.bundle(digest, tenant: tenant, in: tx)
            }
            return bundles
        }
    }
}

extension Replay {
    /// One page in its order. What must be weighed is opened and weighed on as many lanes as there are; it is counted afterwards.
    fileprivate mutating func take(
        _ page: [PostgresReplayStore.Entry], bundles: [SHA256Digest: CompiledBundle],
        matters: @escaping @Sendable ([UUID]) async throws -> [UUID: DecisionMatter]
    ) async throws {
        var treatments = page.map { treat($0.decision) }
        let open = treatments.indices.filter { treatments[$0] == .weigh }
        let weigher = weigher
        let share = max(Self.laneMin, (open.count + Self.lanes - 1) / Self.lanes)
        try await withThrowingTaskGroup(of: [(Int, Treatment)].self) { group in
            for start in stride(from: 0, to: open.count, by: share) {
                let places = Array(open[start..<min(start + share, open.count)])
                group.addTask {
                    let found = try await matters(places.map { page[$0].decision.id })
                    return places.map { ($0, weigher.weigh(page[$0], found[page[$0].decision.id], bundles)) }
                }
            }
            for try await weighed in group { for (place, treatment) in weighed { treatments[place] = treatment } }
        }
        for (entry, treatment) in zip(page, treatments) { note(entry.decision, treatment) }
    }

    private static var lanes: Int { 2 }
    /// Fewer are not worth a lane of their own.
    private static var laneMin: Int { 100 }
}

extension ReplayWeigher {
    fileprivate func weigh(
        _ entry: PostgresReplayStore.Entry, _ matter: DecisionMatter?, _ bundles: [SHA256Digest: CompiledBundle]
    ) -> Replay.Treatment {
        guard let matter else { return .gap(.erasedContext) }
        let content = LoggedDecision.Content(context: matter.context, input: matter.input, grants: matter.grants)
        guard entry.isOf(content, bundles[entry.decision.bundle]) else { return .gap(.missingSlice) }
        return weigh(entry.decision, content)
    }
}
