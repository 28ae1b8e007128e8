internal import CopilotCore
internal import FoundationEssentials
internal import Identity
internal import RPC
internal import Trust
internal import Wire

/// Reads what an answer stands on from the services that own it, always as the person who asks: their delegation travels on, so that
/// nobody learns more through a question than on a page.
struct EvidenceReader: Sendable {
    let flows: FlowV1.FlowEngineClient
    let ledger: LedgerV1.LedgerClient
    let policy: PolicyV1.PolicyClient
    let finops: FinOpsV1.FinOpsClient
    private let composer = AnswerComposer()

    init(flows: FlowV1.FlowEngineClient, ledger: LedgerV1.LedgerClient, policy: PolicyV1.PolicyClient, finops: FinOpsV1.FinOpsClient) {
        self.flows = flows
        self.ledger = ledger
        self.policy = policy
        self.finops = finops
    }

    func answer(_ question: Question, current: RunID?, context: CallContext, at time: Date) async throws -> Answer {
        let options = CallOptions(forwarding: context)
        switch question {
        case .whyWaiting(let reference):
            guard let run = try await run(reference, current: current, options: options) else { return Self.noSuchRun }
            return composer.whyWaiting(run, receipts: try await receipts(ofRun: run.id, options: options))
        case .runCost(let reference):
            guard let run = try await run(reference, current: current, options: options) else { return Self.noSuchRun }
            return try await cost(of: run, options: options)
        case .blockedToday: return try await blocked(since: time, options: options)
        case .unknown:
            return .abstention("I can only answer what receipts support, and I do not understand this question yet.")
        }
    }

    private static let noSuchRun = Answer.abstention("There is no such run in this tenant.")

    private func run(_ reference: RunReference, current: RunID?, options: CallOptions) async throws -> RunFacts? {
        switch reference {
        case .id(let id): return try await run(id, options: options)
        case .current:
            if let current { return try await run(current, options: options) }
            return try await newestRuns(options).first
        case .fragment(let fragment):
            return try await newestRuns(options).first { $0.id.description.hasPrefix(fragment) || $0.id.description.hasSuffix(fragment) }
        }
    }

    private func run(_ id: RunID, options: CallOptions) async throws -> RunFacts? {
        do throws(RPCError) {
            return RunFacts(try await flows.getRun(FlowV1.GetRunRequest(runID: id.bytes), options: options).run ?? FlowV1.RunSummary())
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func newestRuns(_ options: CallOptions) async throws -> [RunFacts] {
        let page = CommonV1.Page(limit: 200)
        return try await flows.listRuns(FlowV1.ListRunsRequest(page: page), options: options).runs.compactMap(RunFacts.init)
    }

    private func cost(of run: RunFacts, options: CallOptions) async throws -> Answer {
        let cost = try await finops.getRunCost(FinOpsV1.GetRunCostRequest(runID: run.id.bytes), options: options).cost
        let events = (cost?.events ?? []).map { CostFact(meter: $0.meter, service: $0.service, step: $0.step, micros: $0.cost?.micros ?? 0) }
        return composer.runCost(
            run, events: events, currency: cost?.total?.currency ?? "USD", receipts: try await receipts(ofRun: run.id, options: options))
    }

    private func blocked(since time: Date, options: CallOptions) async throws -> Answer {
        let midnight = (time.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
        let request = PolicyV1.ListDecisionsRequest(
            page: CommonV1.Page(limit: 100), verdict: .deny, sinceMicros: Int64(midnight * 1_000_000))
        var blocks: [BlockFact] = []
        for decision in try await policy.listDecisions(request, options: options).decisions {
            blocks.append(
                BlockFact(
                    principal: decision.principal, action: decision.action, resource: decision.resource, policies: decision.determining,
                    citation: try await citation(of: decision.receiptID, options: options)))
        }
        return composer.blockedToday(blocks)
    }

    private func receipts(ofRun run: RunID, options: CallOptions) async throws -> [Citation] {
        let request = LedgerV1.ListReceiptsRequest(page: CommonV1.Page(limit: 200), runID: run.bytes)
        return try await ledger.listReceipts(request, options: options).receipts.compactMap(Citation.init).sorted { $0.logIndex < $1.logIndex }
    }

    /// Nil where the receipt is signed but not in the log yet: then it supports nothing so far.
    private func citation(of receipt: [UInt8], options: CallOptions) async throws -> Citation? {
        do throws(RPCError) {
            let answer = try await ledger.getReceipt(LedgerV1.GetReceiptRequest(receiptID: receipt), options: options)
            return Citation(answer.receipt ?? LedgerV1.ReceiptRecord())
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }
}

extension RunFacts {
    init?(_ wire: FlowV1.RunSummary) {
        guard let id = RunID(bytes: wire.runID) else { return nil }
        self.init(
            id: id, title: wire.title.isEmpty ? wire.flow : wire.title, state: wire.state, currentNode: wire.currentNode,
            whyWaiting: wire.whyWaiting, outcome: wire.outcome)
    }
}

extension Citation {
    init?(_ wire: LedgerV1.ReceiptRecord) {
        guard let receipt = ReceiptID(bytes: wire.receiptID), let digest = SHA256Digest(bytes: wire.digest) else { return nil }
        self.init(
            receipt: receipt, logIndex: wire.index, kind: wire.kind, digestHex: digest.hex, step: wire.step, phase: wire.phase)
    }
}
