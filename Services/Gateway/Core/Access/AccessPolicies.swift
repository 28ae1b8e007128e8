/// Who may ask what of the gateway. Each operation of the API is an action with the name of its `operationId`, in the group of the
/// permission that it needs; a person's roles in the tenant are what the principal is in.
public enum AccessPolicies {
    public static let text = """
        @id("members-read")
        permit(principal in Role::"member", action in Permission::Action::"read", resource);

        @id("admins-do-all")
        permit(principal in Role::"admin", action, resource);

        @id("operators-run-and-publish")
        permit(
            principal in Role::"operator",
            action in [Permission::Action::"decide", Permission::Action::"run", Permission::Action::"publish", Permission::Action::"ingest"],
            resource
        );

        @id("on-call-runs")
        permit(principal in Role::"on-call", action in [Permission::Action::"decide", Permission::Action::"run"], resource);

        @id("change-approvers-decide")
        permit(
            principal in Role::"change-approver",
            action in [Permission::Action::"decide", Permission::Action::"approve-policy"],
            resource
        );

        @id("finance-sets-budgets")
        permit(principal in Role::"finance", action in [Permission::Action::"decide", Permission::Action::"budget"], resource);

        @id("auditors-see-refusals")
        permit(principal in Role::"auditor", action in Permission::Action::"security", resource);
        """
}

/// What a request needs. Roles are given permissions by ``AccessPolicies``; what a person may do to a particular task is decided by the
/// flow engine.
public enum Permission: String, CaseIterable, Hashable, Sendable {
    case read
    case decide
    case run
    case publish
    case policy
    /// Answers what somebody else proposed to put in force.
    case approvePolicy = "approve-policy"
    case connect
    case budget
    case ingest
    case security
}

/// The roles of a tenant's members. An enforcement point asks what others may do; policy knows that role, as it knows `admin`.
public enum Role {
    public static let known: Set<String> = [
        "admin", "operator", "on-call", "change-approver", "finance", "auditor", "viewer", "enforcement-point",
    ]
}
