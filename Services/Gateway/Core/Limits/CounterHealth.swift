/// Whether a counter elsewhere is asked. After it failed nobody asks it for a while, and then one request does: where it hangs, it holds up
/// few and not all.
public struct CounterHealth: Sendable, Hashable {
    public static let pauseMillis: Int64 = 1_000

    private enum State: Hashable {
        /// May become paused.
        case asked
        /// May become tried.
        case paused(untilMillis: Int64)
        /// By one request; may become asked or paused.
        case tried
    }

    private var state = State.asked

    public init() {}

    public var isGood: Bool { state == .asked }

    /// True where this request is to ask; it then says how that went.
    public mutating func mayAsk(nowMillis: Int64) -> Bool {
        switch state {
        case .asked: return true
        case .paused(let until) where until <= nowMillis:
            state = .tried
            return true
        case .paused, .tried: return false
        }
    }

    /// True where it had failed before.
    public mutating func answered() -> Bool {
        defer { state = .asked }
        return state != .asked
    }

    /// True where it had not failed before.
    public mutating func failed(nowMillis: Int64) -> Bool {
        defer { state = .paused(untilMillis: nowMillis + Self.pauseMillis) }
        return state == .asked
    }
}
