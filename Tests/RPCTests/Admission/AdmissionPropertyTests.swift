import Identity
import Testing

@testable import RPC

/// What holds whatever arrives. Seeds are arguments, so a failure names its own.
@Suite struct AdmissionPropertyTests {
    typealias Queue = AdmissionQueue<Int>
    let start = ContinuousClock.now

    func tenant(_ index: Int) -> TenantID? { TenantID(bytes: [UInt8](repeating: 9, count: 15) + [UInt8(index)]) }

    /// Any order of arrivals, ends and cancellations: every call is told of once, bounds hold, and no place stays empty.
    @Test(arguments: 0..<40) func nothingIsLostAndBoundsHold(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let limit = Int.random(in: 1...6, using: &generator)
        let share = Double.random(in: 0.3...1, using: &generator)
        let tenantMax = max(1, Int(Double(limit) * share))
        var owners: [Int: Int] = [:]
        var queue = Queue(
            AdmissionSettings(
                limit: .fixed(limit), tenantShareMax: share, queuedPerMethodMax: 12, queuedMax: 20,
                queuedBytesMax: 5000, sojournMax: .milliseconds(30)),
            seed: UInt64(seed))
        var now = start
        var waiting: [Int: AdmissionTicket] = [:]
        var running: [Int: AdmissionGrant] = [:]
        var told: Set<Int> = []
        func take(_ releases: [Queue.Release]) {
            for release in releases {
                switch release {
                case .start(let id, let grant, _):
                    #expect(waiting.removeValue(forKey: id) != nil)
                    running[id] = grant
                case .drop(let id, _, _):
                    #expect(waiting.removeValue(forKey: id) != nil)
                    #expect(told.insert(id).inserted)
                }
            }
        }
        for id in 0..<3000 {
            now = now + .milliseconds(Int.random(in: 0...12, using: &generator))
            let owner = Int.random(in: 0...4, using: &generator)
            owners[id] = owner
            let request = AdmissionRequest(
                method: UInt32.random(in: 1...3, using: &generator), tenant: tenant(owner),
                priority: PriorityClass.allCases.randomElement(using: &generator) ?? .normal, bytes: Int.random(in: 0...900, using: &generator),
                deadline: now + .milliseconds(Int.random(in: 1...200, using: &generator)))
            switch queue.arrive(request, now: now, id) {
            case .start(let grant): running[id] = grant
            case .queued(let ticket): waiting[id] = ticket
            case .refused: #expect(told.insert(id).inserted)
            }
            if Int.random(in: 0..<5, using: &generator) == 0, let (id, ticket) = waiting.min(by: { $0.key < $1.key }) {
                #expect(queue.cancel(ticket) == id)
                waiting[id] = nil
                #expect(told.insert(id).inserted)
            }
            if Int.random(in: 0..<3, using: &generator) > 0, let id = running.keys.sorted().randomElement(using: &generator),
                let grant = running.removeValue(forKey: id)
            {
                #expect(told.insert(id).inserted)
                take(queue.finish(grant, now: now))
            }
            #expect(queue.running == running.count && running.count <= limit)
            // Where a place is free, whoever waits is of a tenant that has all it may.
            if running.count < limit {
                for id in waiting.keys { #expect(running.keys.count { owners[$0] == owners[id] } >= tenantMax) }
            }
            #expect(queue.queued == waiting.count && waiting.count <= 20 && queue.queuedBytes <= 5000)
        }
        while let id = running.keys.min(), let grant = running.removeValue(forKey: id) {
            told.insert(id)
            take(queue.finish(grant, now: now))
        }
        #expect(waiting.isEmpty && told.count == 3000)
        #expect(queue.queued == 0 && queue.running == 0 && queue.queuedBytes == 0)
    }

    /// Start-time fair queueing's bound: of two tenants that always have something waiting, neither is ahead of the other, per
    /// unit of weight, by more than one longest call of each.
    @Test(arguments: 0..<20) func tenantsShareByWeight(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let weights = (0..<4).map { _ in Double(Int.random(in: 1...5, using: &generator)) }
        var named: [TenantID: Double] = [:]
        for (index, weight) in weights.enumerated() { named[try #require(tenant(index))] = weight }
        var queue = Queue(
            AdmissionSettings(
                limit: .fixed(1), tenantShareMax: 1, queuedPerMethodMax: 400, standingAfter: .seconds(1_000_000), weights: named),
            seed: 1)
        // Each tenant has a method of its own, whose calls take so long.
        let costs = (0..<4).map { _ in Duration.milliseconds(Int.random(in: 1...9, using: &generator)) }
        func offer(_ index: Int, _ now: ContinuousClock.Instant) -> Queue.Arrival {
            queue.arrive(
                AdmissionRequest(method: UInt32(index), tenant: tenant(index), deadline: now + .seconds(100_000)), now: now, index)
        }
        var now = start
        guard case .start(var grant) = offer(0, now) else { return #expect(Bool(false)) }
        for index in 0..<4 { for _ in 0..<3 { _ = offer(index, now) } }
        var current = 0
        var received = [Double](repeating: 0, count: 4)
        var worst = 0.0
        for round in 0..<4000 {
            now = now + costs[current]
            // What a method's calls take is learnt first.
            if round > 1000 { received[current] += costs[current].inNanoseconds / weights[current] }
            _ = offer(current, now)
            guard case .start(let next, let following, _)? = queue.finish(grant, now: now).first else { return #expect(Bool(false)) }
            (current, grant) = (next, following)
            for one in 0..<4 {
                for other in 0..<one {
                    let bound = costs[one].inNanoseconds / weights[one] + costs[other].inNanoseconds / weights[other]
                    worst = max(worst, abs(received[one] - received[other]) / bound)
                }
            }
        }
        // Counting begins in the middle of a turn, which may add once more as much.
        #expect(worst <= 2, "ahead by \(worst) of the bound")
    }

    /// One tenant offers ten times what the server can do, another a third of it: the second is refused nothing and waits for
    /// little more than the calls that run.
    @Test(arguments: 0..<10) func aNoisyTenantCannotDelayAQuietOne(seed: Int) {
        var simulation = ServerSimulation(
            settings: AdmissionSettings(limit: .fixed(8), queuedPerMethodMax: 200), service: .milliseconds(4)...(.milliseconds(12)),
            seed: UInt64(seed))
        // Eight places of eight milliseconds: a thousand calls a second.
        let noisy = simulation.offer(tenant: tenant(1), perSecond: 10_000, seconds: 10)
        let quiet = simulation.offer(tenant: tenant(2), perSecond: 333, seconds: 10)
        simulation.run()
        let quietly = simulation.outcome(quiet)
        let noisily = simulation.outcome(noisy)
        #expect(quietly.refused == 0 && quietly.expired == 0)
        #expect(quietly.waitMax <= .milliseconds(36), "waited \(quietly.waitMax)")
        #expect(noisily.refused > 80_000 && noisily.done > 5_000)
    }

    /// The design's target, on made-up time: twice the load for thirty seconds.
    @Test func underTwiceTheLoadTheServerDoesWhatItCan() {
        var simulation = ServerSimulation(settings: AdmissionSettings(limit: .fixed(16)), service: .milliseconds(1)...(.milliseconds(15)), seed: 3)
        let saturation = 16.0 / 0.008
        let calls = (0..<5).map { simulation.offer(tenant: tenant($0), perSecond: Int(saturation * 2 / 5), seconds: 30) }
        simulation.run()
        let outcomes = calls.map { simulation.outcome($0) }
        let done = outcomes.reduce(0) { $0 + $1.done }
        #expect(Double(done) >= 0.95 * saturation * 30, "\(done) of \(saturation * 30)")
        #expect(outcomes.allSatisfy { $0.expired == 0 && $0.waitMax < .milliseconds(200) })
        #expect(simulation.queuedMost <= 4096)
        let counts = outcomes.map(\.done)
        #expect(Double(counts.max() ?? 0) <= 1.1 * Double(counts.min() ?? 0), "tenants alike were served \(counts)")
    }
}
