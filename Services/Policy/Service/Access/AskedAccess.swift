internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import RPC
internal import Wire

/// A question of an enforcement point, made into one that the decision log takes.
struct AskedAccess: Sendable {
    var request: PolicyV1.DecideRequest
    var approval: UUID?

    /// - Parameter mayAskForOthers: Whether the caller's roles let it ask what others may do.
    init(_ question: PolicyAccessV1.Question, _ context: CallContext, mayAskForOthers: Bool) throws(RPCError) {
        let asker = try context.requirePrincipal()
        let isOwn = question.subject?.type == "User" && question.subject?.id == asker
        guard isOwn || mayAskForOthers else {
            throw RPCError(
                .permissionDenied, reason: "ASKING_FOR_OTHERS",
                message: "your roles let you ask only what you yourself may do, as subject User \(asker)",
                details: ["field": "subject", "fix": "ask for yourself, or with the role enforcement-point"])
        }
        request = PolicyV1.DecideRequest(
            principal: question.subject, roles: isOwn ? context.roles : question.subjectRoles, action: question.action, resource: question.resource,
            contextJSON: question.contextJSON, inputJSON: question.inputJSON, step: "access", requestID: UUIDv7.make().bytes,
            // Who asked stands in the log beside whom it was about.
            session: "access:\(asker)")
        approval = UUID(bytes: question.approvalID)
        guard question.approvalID.isEmpty || approval != nil else {
            throw .invalid("approval_id", "is no id", fix: "send the 16 bytes of the UUID")
        }
    }

    /// As the policies see it, without approvals.
    func question(_ context: CallContext, at time: Date) throws(RPCError) -> Question {
        try AskedDecision(request, Self.trusted(context), at: time).question
    }

    /// This service asks itself: who asked was checked above, and approvals come from its own tables.
    static func trusted(_ context: CallContext) -> CallContext {
        CallContext(
            caller: context.caller, tenant: context.tenant, principal: context.principal, deadline: context.deadline, trace: context.trace)
    }
}
