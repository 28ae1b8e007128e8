/// What policy answers, from the loosest to the strictest.
public enum Verdict: Int, CaseIterable, Comparable, Hashable, Sendable {
    case allow
    /// Allowed with parts of the input taken out.
    case redact
    /// Allowed once a person has approved exactly this input.
    case requireApproval
    case redactAndRequireApproval
    case deny

    public static func < (a: Verdict, b: Verdict) -> Bool { a.rawValue < b.rawValue }

    /// The word that receipts and people read.
    public var word: String {
        switch self {
        case .allow: "allow"
        case .redact: "redact"
        case .requireApproval: "require-approval"
        case .redactAndRequireApproval: "redact-and-require-approval"
        case .deny: "deny"
        }
    }

    public init?(word: String) {
        guard let verdict = Verdict.allCases.first(where: { $0.word == word }) else { return nil }
        self = verdict
    }

    init(gates: [Gate]) {
        let needsApproval = gates.contains { $0.kind == .approval }
        let redacts = gates.contains { $0.kind == .redact }
        self =
            switch (needsApproval, redacts) {
            case (false, false): .allow
            case (false, true): .redact
            case (true, false): .requireApproval
            case (true, true): .redactAndRequireApproval
            }
    }
}
