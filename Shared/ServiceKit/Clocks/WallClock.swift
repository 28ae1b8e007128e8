public import FoundationEssentials

/// The time of day as a dependency, so that tests can say what it is.
public protocol WallClock: Sendable {
    var now: Date { get }
}

public struct SystemClock: WallClock {
    public init() {}
    public var now: Date { Date() }
}
