internal import RPC

/// Decides what happens to each unit of one direction of a connection. Pure: the same seed gives the same decisions.
public struct FaultPlan: Sendable {
    public enum Decision: Hashable, Sendable {
        case pass
        case drop
        case delay(Duration)
        case duplicate
        /// The byte at this place is changed by this mask, which has one bit.
        case corrupt(at: Int, mask: UInt8)
        /// The lengths of the pieces.
        case split([Int])
        /// So many bytes arrive before the connection ends.
        case reset(after: Int)

        public var fault: Fault? {
            switch self {
            case .pass: nil
            case .drop: .drop
            case .delay: .delay
            case .duplicate: .duplicate
            case .corrupt: .corrupt
            case .split: .split
            case .reset: .reset
            }
        }
    }

    /// Beyond them the rest of a unit is one piece: a large unit must not become a million events.
    private static let piecesMax = 64

    private let rates: FaultRates
    private var random: SplitMix
    private var unharmed: Int

    public init(seed: UInt64, rates: FaultRates) {
        self.rates = rates
        random = SplitMix(seed: seed)
        unharmed = Int.random(in: rates.unharmed, using: &random)
    }

    /// - Parameter size: Of the unit, in bytes; at least one.
    public mutating func decide(size: Int) -> Decision {
        precondition(size > 0, "an empty unit is nothing that could be harmed")
        guard unharmed == 0 else {
            unharmed -= 1
            return .pass
        }
        guard let fault = pick() else { return .pass }
        switch fault {
        case .drop: return .drop
        case .delay: return .delay(rates.delayMax * Double.random(in: 0...1, using: &random))
        case .duplicate: return .duplicate
        case .corrupt: return .corrupt(at: Int.random(in: 0..<size, using: &random), mask: 1 << UInt8.random(in: 0..<8, using: &random))
        case .split: return .split(pieces(of: size))
        case .reset: return .reset(after: Int.random(in: 0..<size, using: &random))
        }
    }

    private mutating func pick() -> Fault? {
        var roll = Int.random(in: 0..<1000, using: &random)
        // In a fixed order: that of a dictionary differs from run to run.
        for fault in Fault.allCases {
            let share = rates.perMille[fault] ?? 0
            if roll < share { return fault }
            roll -= share
        }
        return nil
    }

    private mutating func pieces(of size: Int) -> [Int] {
        // Sometimes byte by byte, sometimes in a few large parts.
        let pieceMax = [1, 3, 17, max(1, size / 3)][Int.random(in: 0..<4, using: &random)]
        var lengths: [Int] = []
        var left = size
        while left > 0, lengths.count < Self.piecesMax - 1 {
            let length = min(left, Int.random(in: 1...pieceMax, using: &random))
            lengths.append(length)
            left -= length
        }
        if left > 0 { lengths.append(left) }
        return lengths
    }
}
