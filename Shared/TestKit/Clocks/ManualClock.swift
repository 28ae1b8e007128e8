public import FoundationEssentials
public import ServiceKit
internal import Synchronization

/// A wall clock that stands still until it is told to move.
public final class ManualClock: WallClock {
    private let time: Mutex<Date>

    public init(_ start: Date = Date(timeIntervalSince1970: 1_767_225_600)) { time = Mutex(start) }

    public var now: Date { time.withLock { $0 } }

    public func advance(by duration: Duration) { time.withLock { $0 += duration / .seconds(1) } }
}
