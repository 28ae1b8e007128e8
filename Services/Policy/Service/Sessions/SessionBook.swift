internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
internal import SessionRules

/// The sessions of the decisions of one transaction: read and locked at its begin, asked in the order of the decisions, stored with them.
struct SessionBook {
    /// What one decision was told, until its verdict is known.
    struct Page {
        fileprivate let session: String
        fileprivate let asked: SessionHistory.Asked
    }

    private struct Open {
        let row: PostgresSessionStore.Row
        var history: SessionHistory
        var isChanged = false
    }

    private let store: PostgresSessionStore
    private let bundle: CompiledBundle
    private var open: [String: Open] = [:]

    /// - Parameter sessions: Of the decisions that are new; an empty name has no history.
    init(_ sessions: [String], under bundle: CompiledBundle, store: PostgresSessionStore, tenant: TenantID, in tx: PostgresTransaction) async throws {
        self.store = store
        self.bundle = bundle
        let named = Set(sessions).subtracting([""])
        guard bundle.hasSessionRules, !named.isEmpty else { return }
        for row in try await store.lock(Array(named), tenant: tenant, in: tx) {
            // A state that cannot be read leaves its session without rules' answers, which denies what depends on them.
            guard let state = row.state.bytes, let history = try? SessionHistory(under: bundle, state: state.isEmpty ? nil : state) else { continue }
            open[row.session] = Open(row: row, history: history)
        }
    }

    /// Lays over the context what the rules say. Nil where there are none, or where they cannot be asked.
    mutating func ask(_ question: inout Question, in session: String) -> Page? {
        guard bundle.hasSessionRules else { return nil }
        do throws(SessionFault) {
            if session.isEmpty {
                var alone = try SessionHistory(under: bundle, state: nil)
                _ = try alone.ask(&question, under: bundle)
                return nil
            }
            guard var opened = open[session] else {
                SessionHistory.withhold(from: &question)
                return nil
            }
            let asked = try opened.history.ask(&question, under: bundle)
            open[session] = opened
            return Page(session: session, asked: asked)
        } catch {
            SessionHistory.withhold(from: &question)
            return nil
        }
    }

    mutating func conclude(_ page: Page?, _ verdict: Verdict, decision: UUID) {
        guard let page else { return }
        open[page.session]?.history.conclude(page.asked, verdict, decision: decision)
        open[page.session]?.isChanged = true
    }

    /// What happened, as statements of the same transaction.
    func storing(sealedBy key: ContextKey, at time: Date, tenant: TenantID) throws -> [(String, [PostgresValue])] {
        try open.values.filter(\.isChanged).sorted { $0.row.session < $1.row.session }
            .map { try store.storing($0.history.encoded(), of: $0.row, sealedBy: key, at: time, tenant: tenant) }
    }
}

extension PostgresSessionStore.State {
    /// Empty for a session that begins; nil where it cannot be read.
    var bytes: [UInt8]? {
        switch self {
        case .none: []
        case .stored(let bytes): bytes
        case .unreadable: nil
        }
    }
}
