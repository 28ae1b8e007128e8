import FoundationEssentials
import Identity
import Testing

@testable import ServiceKit

/// The relay's decisions, without a database.
@Suite struct OutboxWindowTests {
    private func lane(_ destination: String = "ledger") -> OutboxLane {
        OutboxLane(key: .init(tenant: .make(), destination: destination), head: UUIDv7.make(), messages: [])
    }

    /// Past the first reclaim, with a claim of `lanesMax` on its way.
    private func started(_ lanesMax: Int) -> RelayWindow {
        var window = RelayWindow(lanesMax: lanesMax)
        #expect(window.rung() == [.reclaim(except: [])])
        #expect(window.reclaimed() == [.claim(after: nil, lanes: lanesMax)])
        return window
    }

    @Test func leasesOfAnEarlierLifeAreTakenBackBeforeTheFirstClaim() {
        var window = RelayWindow(lanesMax: 4)
        #expect(window.rung() == [.reclaim(except: [])])
        window.claimFailed()
        #expect(window.rung() == [.reclaim(except: [])])
        #expect(window.reclaimed() == [.claim(after: nil, lanes: 4)])
    }

    @Test func fullAnswersAreFollowedByTheNextLanesAndTheLastByTheFirst() {
        var window = started(2)
        let lanes = [lane(), lane(), lane()]
        #expect(window.claimed(Array(lanes[..<2]), asked: 2) == [.deliver(lanes[0]), .deliver(lanes[1])])
        // No room: nothing is claimed until a lane is settled.
        #expect(window.rung() == [])
        #expect(window.finished(lanes[0].key, OutboxSettlement()) == [.settle(OutboxSettlement())])
        #expect(window.settled() == [.claim(after: lanes[1].key, lanes: 1)])
        #expect(window.claimed([lanes[2]], asked: 1) == [.deliver(lanes[2])])
        #expect(window.finished(lanes[1].key, OutboxSettlement()) == [.settle(OutboxSettlement())])
        #expect(window.settled() == [.claim(after: lanes[2].key, lanes: 1)])
        // Nothing behind the last one: once more from the first.
        #expect(window.claimed([], asked: 1) == [.claim(after: nil, lanes: 1)])
        #expect(window.claimed([], asked: 1) == [])
    }

    @Test func outcomesGatherWhileOthersAreWritten() {
        var window = started(8)
        let lanes = (0..<3).map { _ in lane() }
        _ = window.claimed(lanes, asked: 8)
        #expect(window.finished(lanes[0].key, OutboxSettlement()) == [.settle(OutboxSettlement())])
        #expect(window.finished(lanes[1].key, OutboxSettlement()) == [])
        #expect(window.finished(lanes[2].key, OutboxSettlement()) == [])
        #expect(window.settled() == [.settle(OutboxSettlement()), .claim(after: nil, lanes: 6)])
        #expect(window.heads.count == 2)
        _ = window.settled()
        #expect(window.heads.isEmpty)
    }

    @Test func outcomesThatCouldNotBeWrittenAreKeptUntilItIsRungAgain() {
        var window = started(8)
        let one = lane()
        _ = window.claimed([one], asked: 8)
        #expect(window.finished(one.key, OutboxSettlement()) == [.settle(OutboxSettlement())])
        window.settlementFailed(OutboxSettlement())
        #expect(window.heads.count == 1)
        #expect(window.rung() == [.settle(OutboxSettlement()), .claim(after: nil, lanes: 7)])
    }

    @Test func aLaneThatOutlivedItsLeaseIsNotSentTwiceAtOnce() {
        var window = started(8)
        let one = lane()
        #expect(window.claimed([one], asked: 8) == [.deliver(one)])
        #expect(window.rung() == [.claim(after: nil, lanes: 7)])
        #expect(window.claimed([one], asked: 7) == [])
    }

    @Test func aClaimWithoutAnswerIsLookedForAndNothingHappensUntilItIsRung() {
        var window = started(8)
        window.claimFailed()
        #expect(window.rung() == [.reclaim(except: [])])
        #expect(window.reclaimed() == [.claim(after: nil, lanes: 8)])
    }

    /// A model of the world on seeded events: the bounds hold at every step and nobody waits for ever.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func theBoundsHoldOnAnySequence(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var window = RelayWindow(lanesMax: 5)
        let world = (0..<12).map { _ in lane() }
        var running: [OutboxLane.Key] = []
        var claiming: Int?
        var isReclaiming = false
        var isSettling = false
        var delivered = 0
        func take(_ actions: [RelayWindow.Action]) {
            for action in actions {
                switch action {
                case .reclaim:
                    #expect(claiming == nil && !isReclaiming)
                    isReclaiming = true
                case .claim(_, let lanes):
                    #expect(claiming == nil && !isReclaiming && lanes >= 1)
                    claiming = lanes
                case .deliver(let lane):
                    let isNew = !running.contains(lane.key)
                    #expect(isNew)
                    running.append(lane.key)
                    delivered += 1
                case .settle:
                    #expect(!isSettling)
                    isSettling = true
                }
            }
            #expect(window.heads.count <= 5)
        }
        for _ in 0..<500 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0: take(window.rung())
            case 1 where isReclaiming:
                isReclaiming = false
                if Bool.random(using: &random) { take(window.reclaimed()) } else { window.claimFailed() }
            case 2 where claiming != nil:
                let asked = claiming ?? 0
                claiming = nil
                let found = Array(world.shuffled(using: &random).prefix(Int.random(in: 0...asked, using: &random)))
                if Int.random(in: 0..<5, using: &random) == 0 { window.claimFailed() } else { take(window.claimed(found, asked: asked)) }
            case 3 where !running.isEmpty:
                take(window.finished(running.removeLast(), OutboxSettlement()))
            case 4 where isSettling:
                isSettling = false
                if Int.random(in: 0..<4, using: &random) == 0 { window.settlementFailed(OutboxSettlement()) } else { take(window.settled()) }
            default: continue
            }
        }
        #expect(delivered > 10)
    }
}

struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        // xorshift64*.
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
