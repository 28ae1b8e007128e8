import Testing

@testable import RPC

@Suite struct OutlierDetectorTests {
    let now = ContinuousClock.now

    func id(_ number: Int) -> EndpointID { EndpointID(number: number) }

    func detector(_ count: Int, _ settings: OutlierSettings = .init()) -> OutlierDetector {
        var detector = OutlierDetector(settings: settings)
        for number in 0..<count { detector.add(id(number)) }
        return detector
    }

    @Test func failuresInARowEject() {
        var detector = detector(3)
        for _ in 0..<4 { #expect(detector.ended(id(1), failed: true, now: now) == false) }
        #expect(detector.ended(id(1), failed: false, now: now) == false)
        for _ in 0..<4 { #expect(detector.ended(id(1), failed: true, now: now) == false) }
        #expect(detector.ended(id(1), failed: true, now: now) == true)
        #expect(detector.isEjected(id(1)) && detector.nextReturn == now + .seconds(30))
        #expect(detector.readmit(now: now + .seconds(29)) == false)
        #expect(detector.readmit(now: now + .seconds(30)) == true)
        #expect(!detector.isEjected(id(1)) && detector.nextReturn == nil)
    }

    @Test func eachTimeIsLongerThanTheLast() {
        var detector = detector(2)
        var time = now
        var times: [Duration] = []
        for _ in 0..<12 {
            for _ in 0..<5 { _ = detector.ended(id(0), failed: true, now: time) }
            guard let back = detector.nextReturn else { break }
            times.append(back - time)
            time = back
            #expect(detector.readmit(now: time) == true)
        }
        #expect(times == [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300].map { .seconds($0) })
        // Each comparison that finds it well makes its next time shorter.
        for minute in 1...20 { _ = detector.ended(id(0), failed: false, now: time + .seconds(60 * minute)) }
        time += .seconds(60 * 21)
        for _ in 0..<5 { _ = detector.ended(id(0), failed: true, now: time) }
        #expect(detector.nextReturn == time + .seconds(30))
    }

    @Test func theOnlyServerAndTheLastGoodOnesStay() {
        var single = detector(1)
        for _ in 0..<50 { #expect(single.ended(id(0), failed: true, now: now) == false) }
        var four = detector(4)
        for number in 0..<4 { for _ in 0..<9 { _ = four.ended(id(number), failed: true, now: now) } }
        #expect((0..<4).count { four.isEjected(id($0)) } == 2)
    }

    @Test func aLowRateOfSuccessEjects() {
        var settings = OutlierSettings()
        settings.consecutiveFailuresMax = 1000
        settings.deviationsMax = 1.5
        var detector = detector(5, settings)
        _ = detector.ended(id(0), failed: false, now: now)
        for number in 0..<5 {
            for call in 0..<100 { _ = detector.ended(id(number), failed: number == 3 && call % 2 == 0, now: now + .seconds(1)) }
        }
        #expect(detector.nextReturn == nil)
        #expect(detector.ended(id(0), failed: false, now: now + .seconds(10)) == true)
        #expect((0..<5).map { detector.isEjected(id($0)) } == [false, false, false, true, false])
    }

    @Test func ratesOfFewCallsOrFewServersAreNotCompared() {
        var settings = OutlierSettings()
        settings.consecutiveFailuresMax = 1000
        for (servers, calls) in [(2, 100), (5, 40)] {
            var detector = detector(servers, settings)
            for number in 0..<servers { for _ in 0..<calls { _ = detector.ended(id(number), failed: number == 0, now: now) } }
            #expect(detector.ended(id(1), failed: false, now: now + .seconds(10)) == false)
            #expect(!detector.isEjected(id(0)))
        }
    }

    @Test func aServerThatIsGoneIsForgotten() {
        var detector = detector(3)
        for _ in 0..<5 { _ = detector.ended(id(0), failed: true, now: now) }
        detector.remove(id(0))
        #expect(detector.nextReturn == nil && !detector.isEjected(id(0)))
        #expect(detector.ended(id(0), failed: true, now: now) == false)
    }
}
