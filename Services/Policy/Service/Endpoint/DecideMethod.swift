internal import FoundationEssentials
internal import Identity
internal import PolicyCore
internal import Postgres
package import RPC
internal import ServiceKit
package import Wire

extension PolicyEndpoint {
    package func decide(_ request: PolicyV1.DecideRequest, context: CallContext) async throws -> PolicyV1.DecideResponse {
        let tenant = try context.requireTenant()
        let asked = try AskedDecision(request, context, at: parts.now())
        return PolicyV1.DecideResponse(decision: try await decide(asked, tenant: tenant).wire)
    }

    private func decide(_ asked: AskedDecision, tenant: TenantID) async throws -> DecisionRecord {
        switch await desk.turn(asked, tenant: tenant) {
        case .answered(let answer): return try answer.get()
        case .alone: return try await alone(asked, tenant: tenant)
        case .refused:
            throw RPCError(
                .resourceExhausted, reason: "POLICY_BUSY", message: "\(DecisionDesk.waitingMax) decisions of this tenant wait",
                retryAfter: .milliseconds(200))
        case .lead(let company):
            defer { desk.finish(tenant) }
            return try await lead(asked, company, tenant: tenant)
        }
    }

    private func lead(_ asked: AskedDecision, _ company: [DecisionDesk.Ticket], tenant: TenantID) async throws -> DecisionRecord {
        guard !company.isEmpty else { return try await alone(asked, tenant: tenant) }
        do {
            let answers = try await writer.decide([asked] + company.map(\.asked), tenant: tenant)
            for (ticket, answer) in zip(company, answers.dropFirst()) { desk.answer(ticket, .answered(answer)) }
            return try answers[0].get()
        } catch is DecisionWriter.Uncommitted {
            // One of them cannot be stored, or this caller has gone. None of the others shall suffer for it.
            for ticket in company { desk.answer(ticket, .alone) }
            return try await alone(asked, tenant: tenant)
        }
    }

    private func alone(_ asked: AskedDecision, tenant: TenantID) async throws -> DecisionRecord {
        do {
            return try await writer.decideOne(asked, tenant: tenant)
        } catch PostgresError.constraint(let name) where PostgresDecisionStore.raceConstraints.contains(name) {
            // The same request, or another one with the same approval, was answered meanwhile: now it can be seen.
            return try await writer.decideOne(asked, tenant: tenant)
        }
    }
}
