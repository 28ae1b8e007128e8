internal import Identity

/// What the queue knows of each tenant that is at it: what it has running and waiting, and how far its turns have come.
///
/// Bounded: tenants with nothing running or waiting are forgotten when the table is full.
struct TenantShares<Element: Sendable>: Sendable {
    struct Share {
        var id: TenantID?
        var weight: Double
        var running = 0
        var streams = 0
        var queued = 0
        var queuedBytes = 0
        /// One line per priority class.
        var lines = [Line](repeating: Line(), count: PriorityClass.allCases.count)
        var isIdle: Bool { running == 0 && queued == 0 && streams == 0 }
    }

    struct Line {
        var calls = WaitingCalls<Element>.Line()
        /// Virtual time at which the head of the line may start.
        var tag = 0.0
        /// It has an entry among those whose turn is to come.
        var isInTurns = false
        /// Its tenant runs as much as it may; it takes no turns until one of these has ended.
        var isParked = false
    }

    private var shares: [Share] = []
    private var indices: [TenantID?: Int] = [:]
    private var free: [Int] = []
    private let weights: [TenantID: Double]
    let max: Int

    init(weights: [TenantID: Double], max: Int) {
        self.weights = weights
        self.max = max
    }

    var count: Int { indices.count }

    func known(_ tenant: TenantID?) -> Share? { indices[tenant].map { shares[$0] } }

    subscript(index: Int) -> Share {
        _read { yield shares[index] }
        _modify { yield &shares[index] }
    }

    /// Nil where the table is full of tenants that all have something running or waiting.
    mutating func index(of tenant: TenantID?) -> Int? {
        if let index = indices[tenant] { return index }
        if indices.count >= max { forgetIdle() }
        guard indices.count < max else { return nil }
        let share = Share(id: tenant, weight: Swift.max(0.001, tenant.flatMap { weights[$0] } ?? 1))
        let index = free.popLast() ?? shares.count
        if index == shares.count { shares.append(share) } else { shares[index] = share }
        indices[tenant] = index
        return index
    }

    /// A tenant that an entry among the turns still names is kept: its place must not become another's.
    private mutating func forgetIdle() {
        for (id, index) in indices where shares[index].isIdle && !shares[index].lines.contains(where: \.isInTurns) {
            indices[id] = nil
            free.append(index)
        }
    }
}
