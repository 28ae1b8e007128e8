public import Cedar

/// What stands on a forbid and can be opened, instead of a plain refusal.
public struct Gate: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case approval, redact }

    public let policy: PolicyID
    public let kind: Kind
    /// Who may approve; empty for redaction.
    public let role: String
    /// How many people of the role must approve; 1 for redaction.
    public let quorum: UInt32
    /// How long an approval holds; nil where the policy leaves it to the flow.
    public let ttlSeconds: UInt32?
    /// What redaction takes out of the input.
    public let redactedPaths: [[String]]
}

extension Gate {
    /// The annotations that only mean something together with `@gate`.
    private static let companions = ["approvers", "quorum", "ttl", "redact"]

    /// The gate of a policy, or nil where it has none.
    static func read(_ policy: Policy) throws(BundleProblem) -> Gate? {
        guard let name = policy.annotations["gate"] else {
            for companion in companions where policy.annotations[companion] != nil {
                throw problem(policy, companion, "@\(companion) means nothing without @gate(\"approval\") or @gate(\"redact\")")
            }
            return nil
        }
        guard policy.effect == .forbid else { throw problem(policy, "gate", "a gate stands on a forbid, so that adding a permit can never drop it") }
        switch Kind(rawValue: name) {
        case .approval: return try approval(policy)
        case .redact: return try redaction(policy)
        case nil: throw problem(policy, "gate", "there is no gate \"\(name)\"; use \"approval\" or \"redact\"")
        }
    }

    private static func approval(_ policy: Policy) throws(BundleProblem) -> Gate {
        guard policy.annotations["redact"] == nil else {
            throw problem(policy, "redact", "an approval gate redacts nothing; use a policy of its own")
        }
        var role = policy.annotations["approvers"] ?? ""
        if role.hasPrefix("role:") { role.removeFirst("role:".count) }
        guard !role.isEmpty, role.utf8.count <= 128, !role.contains(",") else {
            throw problem(policy, "approvers", "an approval gate names one role: @approvers(\"finance\")")
        }
        var seconds: UInt32?
        if let text = policy.annotations["ttl"] {
            guard let parsed = Self.seconds(text) else {
                throw problem(policy, "ttl", "a lifetime is written @ttl(\"4h\"), with s, m, h or d, up to 30d")
            }
            seconds = parsed
        }
        return Gate(policy: policy.id, kind: .approval, role: role, quorum: try quorum(policy), ttlSeconds: seconds, redactedPaths: [])
    }

    private static func quorum(_ policy: Policy) throws(BundleProblem) -> UInt32 {
        guard let text = policy.annotations["quorum"] else { return 1 }
        guard let count = UInt32(text), (1...10).contains(count) else {
            throw problem(policy, "quorum", "a quorum is a number of people, 1 to 10: @quorum(\"2\")")
        }
        return count
    }

    private static func redaction(_ policy: Policy) throws(BundleProblem) -> Gate {
        for companion in ["approvers", "quorum", "ttl"] where policy.annotations[companion] != nil {
            throw problem(policy, companion, "a redaction asks nobody; use an approval gate for @\(companion)")
        }
        let paths = (policy.annotations["redact"] ?? "").split(separator: ",").map { path in
            path.filter { $0 != " " }.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        }
        guard !paths.isEmpty, paths.allSatisfy({ !$0.contains("") }) else {
            throw problem(policy, "redact", "a redaction names what it takes out of the input: @redact(\"customer.email, note\")")
        }
        return Gate(policy: policy.id, kind: .redact, role: "", quorum: 1, ttlSeconds: nil, redactedPaths: paths)
    }

    /// Of a span such as `4h`.
    static func seconds(_ text: String) -> UInt32? {
        let units: [Character: UInt32] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let count = UInt32(text.dropLast()), (1...2_592_000).contains(count) else { return nil }
        let (seconds, overflowed) = count.multipliedReportingOverflow(by: unit)
        return overflowed || seconds > 2_592_000 ? nil : seconds
    }

    private static func problem(_ policy: Policy, _ annotation: String, _ message: String) -> BundleProblem {
        let place = policy.annotations.entries.first { $0.name == annotation }?.position ?? policy.position
        return BundleProblem(line: place.line, column: place.column, message: message, policy: policy.id.description)
    }
}
