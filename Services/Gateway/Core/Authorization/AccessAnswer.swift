public import JSON

/// What was decided, as AuthZEN and its profiles for obligations and for access requests put it.
public struct AccessAnswer: Hashable, Sendable {
    public struct Need: Hashable, Sendable {
        public var role: String
        public var quorum: Int
        public var ttlSeconds: Int

        public init(role: String, quorum: Int, ttlSeconds: Int) {
            self.role = role
            self.quorum = quorum
            self.ttlSeconds = ttlSeconds
        }
    }

    /// One approval that counted.
    public struct Approval: Hashable, Sendable {
        public var id: String
        public var approved: Timestamp
        public var until: Timestamp

        public init(id: String, approved: Timestamp, until: Timestamp) {
            self.id = id
            self.approved = approved
            self.until = until
        }

        public var json: JSONValue { ["id": .string(id), "approved_at": .string(approved.text), "approved_until": .string(until.text)] }
    }

    public var isPermitted: Bool
    /// Of the decision log.
    public var evaluation: String
    public var time: Timestamp
    /// For whoever administers the policies; empty where the caller is not to see it.
    public var sentence: String
    /// As policy has them: `{id, …}`.
    public var obligations: [JSONValue] = []
    /// The action's properties as they may be used; nil where they are as they were asked.
    public var input: JSONValue?
    /// Who must approve; empty where nobody is asked.
    public var needs: [Need] = []
    /// Nil where an approval cannot be asked for.
    public var requestableUntil: Timestamp?
    public var approval: Approval?
    /// Why an approval that was presented did not count; empty where none was, or it did.
    public var approvalProblem = ""

    public init(isPermitted: Bool, evaluation: String, time: Timestamp, sentence: String) {
        self.isPermitted = isPermitted
        self.evaluation = evaluation
        self.time = time
        self.sentence = sentence
    }

    /// - Parameters:
    ///   - supported: What the caller says it can meet; nil where it says nothing.
    ///   - endpoint: Where access requests go.
    public func json(supported: Set<String>?, endpoint: String?) -> JSONValue {
        let obligations = isPermitted ? AccessObligations.json(self.obligations, input: input) : []
        // What the caller has said that it cannot do is not left to its diligence.
        let isUnmet = !obligations.isEmpty && supported.map { !$0.contains(AccessObligations.type) } ?? false
        var context: JSONObject = ["evaluation_id": .string(evaluation), "evaluated_at": .string(time.text)]
        guard isPermitted, !isUnmet else {
            deny(&context, isUnmet: isUnmet, endpoint: endpoint)
            return ["decision": false, "context": .object(context)]
        }
        if !obligations.isEmpty { context["obligations"] = .array(obligations) }
        if let approval { context["approval"] = ["id": .string(approval.id), "approved_until": .string(approval.until.text)] }
        return ["decision": true, "context": .object(context)]
    }

    private func deny(_ context: inout JSONObject, isUnmet: Bool, endpoint: String?) {
        let request = isUnmet ? nil : accessRequest(endpoint)
        let (reason, sentence) = reason(isUnmet: isUnmet, isRequestable: request != nil)
        context["reason"] = .string(reason)
        context["reason_user"] = ["en": .string(sentence)]
        if !self.sentence.isEmpty { context["reason_admin"] = ["en": .string(self.sentence)] }
        if let request { context["access_request"] = request }
        if !approvalProblem.isEmpty { context["next_action"] = .string(request == nil ? "none" : "request") }
    }

    private func reason(isUnmet: Bool, isRequestable: Bool) -> (String, String) {
        if isUnmet { return ("obligation_unsupported", "This is allowed only with changes that the application cannot make.") }
        if !approvalProblem.isEmpty { return (approvalProblem, "The approval does not cover this.") }
        if isRequestable { return ("approval_required", "This needs an approval by \(approvers).") }
        return ("policy_denied", "This is not allowed.")
    }

    private var approvers: String {
        needs.map { $0.quorum > 1 ? "\($0.quorum) people of the role \($0.role)" : "somebody of the role \($0.role)" }.joined(separator: " and by ")
    }

    private func accessRequest(_ endpoint: String?) -> JSONValue? {
        guard let requestableUntil, let endpoint, !needs.isEmpty else { return nil }
        let needed = needs.map { need -> JSONValue in
            ["role": .string(need.role), "quorum": .int(Int64(need.quorum)), "ttl_seconds": .int(Int64(need.ttlSeconds))]
        }
        return [
            "endpoint": .string(endpoint), "template": "approval", "expires_at": .string(requestableUntil.text),
            "display": ["title": "Ask for approval", "description": .string("This needs an approval by \(approvers).")],
            "urn:provable:approvers": .array(needed),
        ]
    }
}

/// Obligations in the form of AuthZEN's profile.
public enum AccessObligations {
    /// None of the profile's own types is what policy asks for.
    public static let type = "custom"

    public static func json(_ obligations: [JSONValue], input: JSONValue?) -> [JSONValue] {
        obligations.enumerated().map { index, obligation in
            var members: JSONObject = ["type": .string(type), "id": .string("obl-\(index + 1)"), "vendor": "provable"]
            members["action"] = obligation["id"] ?? "unknown"
            for (name, value) in obligation.objectValue ?? [:] where members[name] == nil { members[name] = value }
            if obligation["id"] == "redact", let input { members["properties"] = input }
            return .object(members)
        }
    }
}
