/// How far a receipt, or a run of them, is proved. A later case rests on all before it.
public enum ProofLevel: Int, CaseIterable, Comparable, Hashable, Sendable {
    /// A known service signed these bytes.
    case signed
    /// They are in a tree with a stated root.
    case logged
    /// The tenant's log signed that root.
    case checkpointed
    /// As many witnesses as were asked for saw the log at that root.
    case witnessed
    /// The run is closed, and everything that its closing receipt commits to is here.
    case covered

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The class of a verdict: a level, or what keeps the evidence from having one.
public enum Outcome: Hashable, Sendable {
    case level(ProofLevel)
    /// A payload is withheld; its place in the log and its signature hold.
    case redacted
    /// A payload was erased, and a purge receipt says so.
    case purged
    /// Something that must be here is not.
    case missing
    /// Two statements that exclude each other carry valid signatures.
    case forked
    /// Something here is not what was signed or logged.
    case invalid

    public var name: String {
        switch self {
        case .level(.signed): "SIGNED"
        case .level(.logged): "LOGGED"
        case .level(.checkpointed): "CHECKPOINTED"
        case .level(.witnessed): "WITNESSED"
        case .level(.covered): "COVERED"
        case .redacted: "REDACTED"
        case .purged: "PURGED"
        case .missing: "MISSING"
        case .forked: "FORKED"
        case .invalid: "INVALID"
        }
    }

    /// The exit code of `provable verify`.
    public var exitCode: Int32 {
        switch self {
        case .level(.covered): 0
        case .level(.witnessed): 11
        case .level(.checkpointed): 12
        case .level(.logged): 13
        case .level(.signed): 14
        case .redacted: 20
        case .purged: 21
        case .missing: 30
        case .forked: 31
        case .invalid: 32
        }
    }

    /// The graver of two: a fault before a gap, a gap before a level, the lower level of two.
    public func combined(with other: Outcome) -> Outcome {
        if case .level(let a) = self, case .level(let b) = other { return .level(min(a, b)) }
        return gravity >= other.gravity ? self : other
    }

    private var gravity: Int {
        switch self {
        case .level: 0
        case .redacted: 1
        case .purged: 2
        case .missing: 3
        case .forked: 4
        case .invalid: 5
        }
    }
}
