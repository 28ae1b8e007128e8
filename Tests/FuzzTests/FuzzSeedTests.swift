import FuzzTargets
import Testing

/// What fuzzing begins with, and what it has found, once each, without a fuzzer.
@Suite struct FuzzSeedTests {
    @Test(arguments: FuzzTarget.allCases)
    func everySeedHoldsItsPromises(_ target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds {
            try target.run(seed) { body in
                body(); return 0
            }
        }
    }

    /// Any cut and a thousand small damages of every seed.
    @Test(arguments: FuzzTarget.allCases)
    func damagedSeedsHoldTheirPromises(_ target: FuzzTarget) throws {
        let start = UInt64.random(in: 0...(.max))
        var state = start
        for seed in try target.seeds().prefix(12) where !seed.isEmpty {
            for _ in 0..<200 {
                var bytes = seed
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Int(truncatingIfNeeded: state >> 33) % bytes.count
                switch state >> 62 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: state >> 40)
                case 1: bytes.removeSubrange(place...)
                case 2: bytes.remove(at: place)
                default: bytes.insert(UInt8(truncatingIfNeeded: state >> 40), at: place)
                }
                #expect(throws: Never.self, "seed \(start): \(bytes)") {
                    try target.run(bytes) { body in
                        body(); return 0
                    }
                }
            }
        }
    }
}
