import FinOpsCore
import Testing

/// An hourly series with a daily shape and a little deterministic noise, in micro-units.
private func usualCost(hour: Int, seed: UInt64) -> Int64 {
    let shape: [Int64] = [2, 2, 1, 1, 1, 2, 4, 8, 14, 18, 20, 21, 20, 19, 20, 20, 18, 14, 10, 8, 6, 5, 4, 3]
    let noise = Int64((UInt64(hour) &* 6_364_136_223_846_793_005 &+ seed) >> 33 % 100) - 50
    return shape[hour % 24] * 1_000_000 * (1_000 + noise) / 1_000
}

@Suite struct SeasonalDetectorTests {
    @Test(arguments: [1, 7, 42] as [UInt64])
    func staysQuietOnAUsualMonth(seed: UInt64) {
        var detector = SeasonalDetector()
        for hour in 0..<720 {
            let reading = detector.observe(cost: usualCost(hour: hour, seed: seed), at: Int64(hour) * 3_600)
            #expect(!reading.isAnomalous, "hour \(hour), seed \(seed)")
        }
    }

    @Test(arguments: [1, 7, 42] as [UInt64])
    func opensOnceOnAJumpAndClosesAfterIt(seed: UInt64) throws {
        var detector = SeasonalDetector()
        var opened: [Int] = []
        var closed: [Int] = []
        for hour in 0..<400 {
            let isJump = (345..<351).contains(hour)
            let cost = usualCost(hour: hour, seed: seed) * (isJump ? 4 : 1)
            switch detector.observe(cost: cost, at: Int64(hour) * 3_600).transition {
            case .opened: opened.append(hour)
            case .closed: closed.append(hour)
            case nil: break
            }
        }
        #expect(opened.count == 1)
        #expect(try (345...347).contains(#require(opened.first)))
        #expect(closed == [353])
    }

    @Test func ignoresWhatIsNotWorthAPersonsTime() {
        var detector = SeasonalDetector()
        for hour in 0..<100 { _ = detector.observe(cost: 1_000, at: Int64(hour) * 3_600) }
        #expect(detector.observe(cost: 500_000, at: 360_000).transition == nil)
        #expect(detector.observe(cost: 500_000, at: 363_600).transition == nil)
    }

    @Test func saysNothingBeforeItHasLearned() {
        var detector = SeasonalDetector()
        let reading = detector.observe(cost: 1_000_000_000, at: 0)
        #expect(reading.expected == nil)
        #expect(reading.transition == nil)
    }

    @Test func acceptsANewLevelInTheEnd() {
        var parameters = DetectorParameters()
        parameters.acceptAfter = 48
        var detector = SeasonalDetector(parameters: parameters)
        for hour in 0..<200 { _ = detector.observe(cost: 10_000_000, at: Int64(hour) * 3_600) }
        for hour in 200..<600 { _ = detector.observe(cost: 40_000_000, at: Int64(hour) * 3_600) }
        #expect(!detector.state.isAnomalous)
    }

    @Test func continuesFromAStoredState() throws {
        var original = SeasonalDetector()
        for hour in 0..<60 { _ = original.observe(cost: usualCost(hour: hour, seed: 3), at: Int64(hour) * 3_600) }
        var restored = try #require(SeasonalDetector(parameters: original.parameters, state: original.state))
        #expect(restored.observe(cost: 5, at: 216_000) == original.observe(cost: 5, at: 216_000))
        #expect(SeasonalDetector(parameters: DetectorParameters(), state: .init(season: 7)) == nil)
    }
}
