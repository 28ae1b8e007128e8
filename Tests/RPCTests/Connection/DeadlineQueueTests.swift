import NIOCore
import NIOEmbedded
import Testing

@testable import RPC

@Suite struct DeadlineQueueTests {
    let start = ContinuousClock.now

    @Test func whatHasPassedComesOutEarliestFirst() {
        var queue = DeadlineQueue<Int>()
        for call in [5, 1, 4, 2, 3] { queue.insert(call, start + .seconds(call), isOpen: { _ in true }) }
        let none = queue.passed(by: start, isOpen: { _ in true })
        let some = queue.passed(by: start + .seconds(3), isOpen: { _ in true })
        #expect(none == [] && some == [1, 2, 3])
        #expect(queue.earliest == start + .seconds(4) && queue.count == 2)
    }

    @Test func whatHasEndedIsNotTold() {
        var queue = DeadlineQueue<Int>()
        for call in 1...6 { queue.insert(call, start + .seconds(call), isOpen: { _ in true }) }
        let passed = queue.passed(by: start + .seconds(4), isOpen: { $0.isMultiple(of: 2) })
        // The fifth has ended and stands first: it need not be waited for.
        #expect(passed == [2, 4] && queue.earliest == start + .seconds(6))
    }

    /// Many short calls with long deadlines: what they leave behind is bounded by what is open.
    @Test func endedCallsDoNotPileUp() {
        var queue = DeadlineQueue<Int>()
        let open = 1000
        for call in 0..<200_000 {
            queue.insert(call, start + .seconds(3600), isOpen: { $0 > call - open })
            #expect(queue.count <= 2 * open + 65)
        }
    }

    /// Beside a list that is sorted each time.
    @Test(arguments: UInt64(0)..<30) func agreesWithASortedList(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var queue = DeadlineQueue<Int>()
        var open: [Int: Int] = [:]
        var now = 0
        for call in 0..<2000 {
            let deadline = now + Int.random(in: 0...300, using: &random)
            open[call] = deadline
            queue.insert(call, start + .milliseconds(deadline), isOpen: { open[$0] != nil })
            if let ended = open.keys.randomElement(using: &random), Bool.random(using: &random) { open[ended] = nil }
            now += Int.random(in: 0...3, using: &random)
            let passed = queue.passed(by: start + .milliseconds(now), isOpen: { open[$0] != nil })
            let expected = open.filter { $0.value <= now }
            #expect(passed.sorted() == expected.keys.sorted(), "seed \(seed)")
            #expect(passed.map { open[$0] ?? 0 } == passed.map { open[$0] ?? 0 }.sorted(), "seed \(seed)")
            for call in passed { open[call] = nil }
        }
    }
}

/// The timer on a loop whose time the test moves.
@Suite struct DeadlineTimerTests {
    final class Calls {
        var open: Set<Int> = []
        var passed: [Int] = []
    }

    private func timer(_ loop: EmbeddedEventLoop, _ calls: Calls) -> DeadlineTimer<Int> {
        DeadlineTimer(
            eventLoop: loop, isOpen: { calls.open.contains($0) },
            hasPassed: { call in
                calls.open.remove(call)
                calls.passed.append(call)
            })
    }

    @Test func aNearerDeadlineComesFirst() {
        let (loop, calls, now) = (EmbeddedEventLoop(), Calls(), ContinuousClock.now)
        let timer = timer(loop, calls)
        for (call, seconds) in [(1, 3600), (2, 60), (3, 1800)] {
            calls.open.insert(call)
            timer.add(call, now + .seconds(seconds), now: now)
        }
        loop.advanceTime(by: .seconds(59))
        #expect(calls.passed == [])
        loop.advanceTime(by: .seconds(2))
        #expect(calls.passed == [2])
        calls.open.remove(3)
        loop.advanceTime(by: .hours(1))
        #expect(calls.passed == [2, 1])
    }

    @Test func aStoppedTimerTellsNothing() {
        let (loop, calls, now) = (EmbeddedEventLoop(), Calls(), ContinuousClock.now)
        let timer = timer(loop, calls)
        calls.open.insert(1)
        timer.add(1, now + .seconds(1), now: now)
        timer.stop()
        loop.advanceTime(by: .hours(1))
        #expect(calls.passed == [] && calls.open == [1])
    }
}
