import Identity
import Testing

@testable import RPC

/// Events in, decisions out; times are made up.
@Suite struct AdmissionQueueTests {
    typealias Queue = AdmissionQueue<Int>
    let start = ContinuousClock.now
    let tenants = (0..<8).map { UInt8($0) }.map { TenantID(bytes: [UInt8](repeating: 7, count: 15) + [$0])! }

    func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    func request(
        _ tenant: Int = 0, method: UInt32 = 1, priority: PriorityClass = .normal, bytes: Int = 0, deadline: Int = 60_000,
        isStream: Bool = false
    ) -> AdmissionRequest {
        AdmissionRequest(
            method: method, tenant: tenants[tenant], priority: priority, bytes: bytes, deadline: at(deadline), isStream: isStream)
    }

    func queue(
        limit: Int = 1, share: Double = 1, perMethod: Int = 100, queued: Int = 1000, bytes: Int = 1 << 20, streams: Int = 100,
        weights: [TenantID: Double] = [:]
    ) -> Queue {
        Queue(
            AdmissionSettings(
                limit: .fixed(limit), tenantShareMax: share, queuedPerMethodMax: perMethod, queuedMax: queued, queuedBytesMax: bytes,
                weights: weights, streamsMax: streams),
            seed: 1)
    }

    /// Fills the only place and gives its grant.
    func occupy(_ queue: inout Queue, _ tenant: Int = 7) throws -> AdmissionGrant {
        guard case .start(let grant) = queue.arrive(request(tenant), now: start, -1) else {
            throw Unexpected()
        }
        return grant
    }

    struct Unexpected: Error {}

    /// Runs what waits to its end, one after the other, and tells the order.
    func drain(_ queue: inout Queue, _ grant: AdmissionGrant, now: ContinuousClock.Instant) -> [Int] {
        var order: [Int] = []
        var running = [grant]
        while let grant = running.popLast() {
            for case .start(let element, let next, _) in queue.finish(grant, now: now) {
                order.append(element)
                running.append(next)
            }
        }
        return order
    }

    @Test func belowTheLimitEverythingStarts() {
        var queue = queue(limit: 3)
        for index in 0..<3 {
            guard case .start = queue.arrive(request(), now: start, index) else { return #expect(Bool(false), "call \(index) waits") }
        }
        #expect(queue.running == 3 && queue.queued == 0)
        guard case .queued = queue.arrive(request(), now: start, 3) else { return #expect(Bool(false), "the fourth starts") }
    }

    @Test func whoWaitsStartsInOrder() throws {
        var queue = queue()
        let grant = try occupy(&queue)
        for index in 0..<5 { _ = queue.arrive(request(), now: at(index), index) }
        #expect(drain(&queue, grant, now: at(10)) == [0, 1, 2, 3, 4])
        #expect(queue.running == 0 && queue.queued == 0)
    }

    @Test func timeInTheQueueIsTold() throws {
        var queue = queue()
        let grant = try occupy(&queue)
        _ = queue.arrive(request(), now: at(10), 0)
        guard case .start(0, _, let waited)? = queue.finish(grant, now: at(35)).first else { throw Unexpected() }
        #expect(waited == .milliseconds(25))
    }

    @Test func beyondTheQueueOfAMethodIsRefusedWithATimeToComeBack() throws {
        var queue = queue(perMethod: 4)
        _ = try occupy(&queue)
        for tenant in 0..<4 { _ = queue.arrive(request(tenant), now: start, tenant) }
        guard case .refused(.overloaded(let pause)) = queue.arrive(request(4), now: start, 9) else { throw Unexpected() }
        #expect(pause >= DrainRate.retryMin / 2 && pause <= DrainRate.retryMax * 1.5)
        // Another method has its own queue.
        guard case .queued = queue.arrive(request(4, method: 2), now: start, 9) else { throw Unexpected() }
    }

    @Test func pausesGrowWithWhatWaitsAndDiffer() throws {
        var queue = queue(perMethod: 400, queued: 400)
        var grant = try occupy(&queue)
        func pause() throws -> Duration {
            for tenant in tenants.indices { while case .queued = queue.arrive(request(tenant), now: start, 0) {} }
            guard case .refused(.overloaded(let pause)) = queue.arrive(request(0), now: start, 0) else { throw Unexpected() }
            return pause
        }
        // Ten milliseconds for each that drains: four hundred take four seconds.
        for step in 1...200 {
            _ = queue.arrive(request(), now: at(step * 10 - 1), 0)
            for case .start(_, let next, _) in queue.finish(grant, now: at(step * 10)) { grant = next }
            _ = queue.arrive(request(), now: at(step * 10), 0)
        }
        let pauses = Set(try (0..<8).map { _ in try pause() })
        #expect(pauses.count == 8, "callers that are refused together must not come back together")
        #expect(pauses.allSatisfy { $0 > .seconds(1) && $0 < .seconds(7.5) })
    }

    @Test func aTenantThatFillsTheQueueLeavesRoomForOthers() throws {
        var queue = queue(perMethod: 90)
        _ = try occupy(&queue)
        var taken = 0
        while case .queued = queue.arrive(request(0), now: start, 0) { taken += 1 }
        #expect(taken == 60)
        var others = 0
        while case .queued = queue.arrive(request(1), now: start, 0) { others += 1 }
        #expect(others == 20)
        guard case .queued = queue.arrive(request(2), now: start, 0) else { throw Unexpected() }
    }

    @Test func bytesAreBounded() throws {
        var queue = queue(bytes: 1000)
        let grant = try occupy(&queue)
        guard case .refused = queue.arrive(request(bytes: 1001), now: start, 0),
            case .queued = queue.arrive(request(bytes: 600), now: start, 0),
            case .refused = queue.arrive(request(1, bytes: 500), now: start, 0),
            case .queued = queue.arrive(request(1, bytes: 400), now: start, 0)
        else { throw Unexpected() }
        #expect(queue.queuedBytes == 1000)
        _ = drain(&queue, grant, now: at(1))
        #expect(queue.queuedBytes == 0)
    }

    @Test func whatExpiredIsNeverRun() throws {
        var queue = queue()
        let grant = try occupy(&queue)
        #expect(queue.arrive(request(deadline: 5), now: at(5), 0) == .refused(.expired))
        _ = queue.arrive(request(deadline: 20), now: at(6), 1)
        _ = queue.arrive(request(deadline: 50), now: at(6), 2)
        let released = queue.finish(grant, now: at(20))
        guard released.count == 2, case .drop(1, .expired, _) = released[0], case .start(2, _, _) = released[1] else { throw Unexpected() }
    }

    @Test func cancellingMakesRoomAtOnce() throws {
        var queue = queue(perMethod: 3)
        let grant = try occupy(&queue)
        var tickets: [AdmissionTicket] = []
        for index in 0..<3 {
            guard case .queued(let ticket) = queue.arrive(request(index, bytes: 10), now: start, index) else { throw Unexpected() }
            tickets.append(ticket)
        }
        guard case .refused = queue.arrive(request(3), now: start, 3) else { throw Unexpected() }
        #expect(queue.cancel(tickets[1]) == 1)
        #expect(queue.cancel(tickets[1]) == nil && queue.queuedBytes == 20)
        guard case .queued(let fourth) = queue.arrive(request(3), now: start, 3) else { throw Unexpected() }
        // The slot is used again, the ticket is not.
        #expect(fourth.slot == tickets[1].slot && queue.cancel(tickets[1]) == nil)
        #expect(drain(&queue, grant, now: at(1)) == [0, 2, 3])
        #expect(queue.cancel(tickets[0]) == nil)
    }

    @Test func higherPrioritiesGoFirstButLowerOnesAreNotPassedOverForever() throws {
        var queue = queue(perMethod: 1000)
        let grant = try occupy(&queue)
        for index in 0..<40 { _ = queue.arrive(request(0, priority: .background), now: start, index) }
        for index in 100..<140 { _ = queue.arrive(request(1, priority: .normal), now: start, index) }
        for index in 200..<240 { _ = queue.arrive(request(2, priority: .urgent), now: start, index) }
        let order = drain(&queue, grant, now: at(1))
        #expect(order.count == 120 && order.prefix(8) == [200, 201, 202, 203, 204, 205, 206, 207])
        for range in [0..<40, 100..<140] {
            let places = order.indices.filter { range.contains(order[$0]) }
            let gaps = zip([-1] + places, places).map { $1 - $0 }
            // Eight of higher classes, and one of another class that was passed over as often.
            #expect(gaps.max().map { $0 <= Queue.passesMax + 2 } == true)
        }
        let urgentDone = order.lastIndex { $0 >= 200 } ?? 0
        #expect(order[..<urgentDone].count { $0 < 200 } <= 2 * 40 / Queue.passesMax)
    }

    @Test func noTenantHasAllPlaces() throws {
        var queue = queue(limit: 4, share: 0.5)
        var grants: [AdmissionGrant] = []
        for index in 0..<4 {
            if case .start(let grant) = queue.arrive(request(0), now: start, index) { grants.append(grant) }
        }
        #expect(grants.count == 2 && queue.queued == 2)
        guard case .start(let other) = queue.arrive(request(1), now: start, 10) else { throw Unexpected() }
        // Another's end gives the first tenant nothing beyond its part; an end of its own does.
        #expect(queue.finish(other, now: at(1)).isEmpty)
        guard case .start(2, _, _)? = queue.finish(grants[0], now: at(1)).first else { throw Unexpected() }
        #expect(queue.running == 2 && queue.queued == 1)
    }

    @Test func aBurstIsServedButWhatWaitsInAStandingQueueIsShed() throws {
        var queue = queue(perMethod: 1000)
        var grant = try occupy(&queue)
        for index in 0..<10 { _ = queue.arrive(request(), now: at(0), index) }
        // A burst: eight milliseconds each, all within the first hundred.
        for step in 1...10 {
            let released = queue.finish(grant, now: at(step * 8))
            guard released.count == 1, case .start(_, let next, _) = released[0] else { throw Unexpected() }
            grant = next
        }
        // Now more comes than goes, until the queue has stood for a hundred milliseconds.
        for index in 0..<30 { _ = queue.arrive(request(), now: at(90), index) }
        _ = queue.arrive(request(), now: at(180), 99)
        let released = queue.finish(grant, now: at(191))
        #expect(released.count == 31)
        for release in released.dropLast() {
            guard case .drop(_, .overloaded, let waited) = release else { throw Unexpected() }
            #expect(waited == .milliseconds(101))
        }
        guard case .start(99, _, .milliseconds(11))? = released.last else { throw Unexpected() }
    }

    @Test func openStreamsHoldNoPlace() throws {
        var queue = queue(limit: 1, streams: 2)
        guard case .start(let first) = queue.arrive(request(isStream: true), now: start, 0),
            case .start = queue.arrive(request(isStream: true), now: start, 1),
            case .refused = queue.arrive(request(isStream: true), now: start, 2),
            case .start = queue.arrive(request(), now: start, 3)
        else { throw Unexpected() }
        #expect(queue.streams == 2 && queue.running == 1)
        #expect(queue.finish(first, now: at(1)).isEmpty && queue.streams == 1)
    }

    @Test func whatIsRefusedIsKnownBeforehand() throws {
        var queue = queue(perMethod: 2)
        let grant = try occupy(&queue)
        #expect(queue.refuses(request(), now: start) == nil)
        for index in 0..<2 { _ = queue.arrive(request(index), now: start, index) }
        guard case .overloaded? = queue.refuses(request(3), now: start) else { throw Unexpected() }
        #expect(queue.refuses(request(deadline: 1), now: at(1)) == .expired)
        _ = drain(&queue, grant, now: at(2))
        #expect(queue.refuses(request(3), now: at(2)) == nil)
    }

    @Test func tenantsAreForgotten() {
        var queue = Queue(AdmissionSettings(limit: .fixed(4), tenantShareMax: 1, queuedMax: 4, streamsMax: 0), seed: 1)
        var generator = SeededGenerator(seed: 5)
        for index in 0..<10_000 {
            let tenant = TenantID(bytes: (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
            let arrival = queue.arrive(AdmissionRequest(method: 1, tenant: tenant, deadline: at(60_000)), now: at(index), index)
            if case .start(let grant) = arrival { _ = queue.finish(grant, now: at(index)) }
        }
        #expect(queue.tenantsKnown <= 16)
    }
}
