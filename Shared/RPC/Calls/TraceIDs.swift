internal import Synchronization

/// Ids that are told apart everywhere but need not be secret: SplitMix64 (Steele, Lea, Flood 2014) over a counter that each process
/// begins at a random place. The system's generator costs a call into the kernel for each of them.
enum TraceIDs {
    private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let counter = Atomic<UInt64>(.random(in: 0...UInt64.max))

    /// Never 0, which stands for none.
    static func next() -> UInt64 {
        while true {
            var word = counter.wrappingAdd(gamma, ordering: .relaxed).newValue
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            word ^= word >> 31
            if word != 0 { return word }
        }
    }
}
