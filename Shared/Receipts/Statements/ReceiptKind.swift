/// The events of the platform that leave a receipt; one in-toto predicate type each.
public enum ReceiptKind: String, CaseIterable, Hashable, Sendable {
    case workflowPublish = "workflow-publish"
    case stepRun = "step-run"
    case approval
    case connectorCall = "connector-call"
    case policyDecision = "policy-decision"
    case copilotInteraction = "copilot-interaction"
    case meter
    case budget
    case key
    case purge
    case channelIngest = "channel-ingest"
    case coverage
    case runClose = "run-close"
    case runControl = "run-control"

    private static let prefix = "https://provable.dev/receipt/"
    private static let version = "/v1"

    /// For example `connector-call/v1`.
    public var name: String { rawValue + Self.version }

    public var predicateType: String { Self.prefix + name }

    public init?(name: String) {
        guard name.hasSuffix(Self.version) else { return nil }
        self.init(rawValue: String(name.dropLast(Self.version.count)))
    }

    public init?(predicateType: String) {
        guard predicateType.hasPrefix(Self.prefix) else { return nil }
        self.init(name: String(predicateType.dropFirst(Self.prefix.count)))
    }
}

/// Where in an action a receipt stands.
public enum ReceiptPhase: String, CaseIterable, Hashable, Sendable {
    /// Acknowledged by the log before an outside effect.
    case intent
    /// What became of an intent, which it names as a cause.
    case result
    /// An event without an outside effect.
    case single
}
