/// How urgent a call is among those that wait. Callers are services of the mesh, so they may say it themselves.
public enum PriorityClass: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// What nobody waits for: sweeps, back-fills.
    case background = 0
    case normal = 1
    /// What must go on while the rest waits.
    case urgent = 2

    /// As it travels in the metadata: 0, which is also what a caller says who says nothing, is normal; up to 127 is urgent, above
    /// is background.
    package init(wire: UInt8) {
        switch wire {
        case 0: self = .normal
        case 1...127: self = .urgent
        default: self = .background
        }
    }

    package var wire: UInt8 {
        switch self {
        case .normal: 0
        case .urgent: 1
        case .background: 128
        }
    }

    public static func < (one: PriorityClass, other: PriorityClass) -> Bool { one.rawValue < other.rawValue }
}
