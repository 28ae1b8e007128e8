internal import FoundationEssentials

/// What the relay does next: at most one claim and one settlement at a time, whose results gather while they are on their way, and as many
/// lanes between them as fit. Pure.
struct RelayWindow: Equatable {
    enum Action: Equatable {
        /// Take back what is leased in this instance's name and is not in this window.
        case reclaim(except: [UUID])
        case claim(after: OutboxLane.Key?, lanes: Int)
        case deliver(OutboxLane)
        case settle(OutboxSettlement)
    }

    let lanesMax: Int
    /// The heads of lanes that are claimed and not yet settled.
    private(set) var heads: [OutboxLane.Key: UUID] = [:]
    private(set) var isClaiming = false
    private(set) var isSettling = false
    /// At the start, leases of an earlier life; later, those of a claim whose answer did not arrive.
    private var needsReclaim = true
    private var isLookingFurther = false
    private var wasRung = false
    private var cursor: OutboxLane.Key?
    private var gathered = OutboxSettlement()
    private var gatheredLanes: [OutboxLane.Key] = []
    private var settlingLanes: [OutboxLane.Key] = []
    private var isSettlementDue = false

    init(lanesMax: Int) { self.lanesMax = lanesMax }

    /// Something may be due: a commit, or the time to look again. Also the first event.
    mutating func rung() -> [Action] {
        wasRung = true
        isSettlementDue = !gatheredLanes.isEmpty
        return next()
    }

    mutating func reclaimed() -> [Action] {
        isClaiming = false
        needsReclaim = false
        isLookingFurther = true
        return next()
    }

    /// - Parameter asked: How many lanes there might have been.
    mutating func claimed(_ claimed: [OutboxLane], asked: Int) -> [Action] {
        isClaiming = false
        if claimed.count < asked {
            // After the last lane comes the first; having begun there, there is no more.
            isLookingFurther = cursor != nil
            cursor = nil
        } else {
            isLookingFurther = true
            cursor = claimed.last?.key
        }
        // One that is here already outlived its lease: it is not sent twice at once, and comes again when it is settled.
        let new = claimed.filter { heads[$0.key] == nil }
        for lane in new { heads[lane.key] = lane.head }
        return new.map { .deliver($0) } + next()
    }

    /// The database did not answer a reclaim or a claim: looked at again when it is rung for.
    mutating func claimFailed() {
        isClaiming = false
        isLookingFurther = false
        needsReclaim = true
    }

    mutating func finished(_ lane: OutboxLane.Key, _ settlement: OutboxSettlement) -> [Action] {
        gathered.merge(settlement)
        gatheredLanes.append(lane)
        isSettlementDue = true
        return next()
    }

    mutating func settled() -> [Action] {
        isSettling = false
        for lane in settlingLanes { heads[lane] = nil }
        settlingLanes = []
        isLookingFurther = true
        return next()
    }

    /// Written again with what has gathered since, when it is rung for.
    mutating func settlementFailed(_ settlement: OutboxSettlement) {
        isSettling = false
        gathered.merge(settlement)
        gatheredLanes += settlingLanes
        settlingLanes = []
        isSettlementDue = false
    }

    private mutating func next() -> [Action] { settlement() + claim() }

    private mutating func settlement() -> [Action] {
        guard !isSettling, isSettlementDue else { return [] }
        defer { gathered = OutboxSettlement() }
        settlingLanes = gatheredLanes
        gatheredLanes = []
        isSettling = true
        isSettlementDue = false
        return [.settle(gathered)]
    }

    private mutating func claim() -> [Action] {
        guard !isClaiming, isLookingFurther || wasRung, heads.count < lanesMax else { return [] }
        isClaiming = true
        guard !needsReclaim else { return [.reclaim(except: heads.values.sorted { $0.uuidString < $1.uuidString })] }
        isLookingFurther = false
        wasRung = false
        return [.claim(after: cursor, lanes: lanesMax - heads.count)]
    }
}
