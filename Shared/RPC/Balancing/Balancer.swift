/// Chooses the server of each call: of two taken at random, the one with fewer calls under way. Pure: connections, load, time
/// and randomness are handed in.
struct Balancer {
    enum Health: Equatable {
        /// No connection. May become connecting.
        case idle
        /// May become ready or resting.
        case connecting
        /// May become idle: the server said goodbye, or the connection was lost.
        case ready
        /// The last attempt failed. May become connecting, from then on.
        case resting(until: ContinuousClock.Instant)
    }

    enum Pick: Equatable {
        case endpoint(EndpointID)
        /// A connection is being made.
        case wait
        /// Every server was tried just now, in vain.
        case unreachable
        /// No address is known.
        case empty
    }

    struct Change: Equatable {
        var added: [EndpointID: RPCClient.Address] = [:]
        var removed: [EndpointID] = []
    }

    private struct Member {
        let id: EndpointID
        let address: RPCClient.Address
        var health = Health.idle
    }

    private let endpointsMax: Int
    private var members: [Member] = []
    private var outliers: OutlierDetector
    private var nextNumber = 0
    private var ready = 0
    /// Ready and not ejected; where all that are ready are ejected, those: a doubtful server is better than none.
    private var eligible: [EndpointID] = []

    init(outliers: OutlierSettings = .init(), endpointsMax: Int = 32) {
        self.outliers = OutlierDetector(settings: outliers)
        self.endpointsMax = endpointsMax
    }

    // MARK: Addresses

    /// Keeps the servers that are still there. Of more than it may use, each client takes others.
    mutating func update(_ addresses: [RPCClient.Address], using random: inout some RandomNumberGenerator) -> Change {
        let wanted = Set(addresses)
        var change = Change(removed: members.filter { !wanted.contains($0.address) }.map(\.id))
        for id in change.removed { outliers.remove(id) }
        members.removeAll { !wanted.contains($0.address) }
        let known = Set(members.map(\.address))
        var fresh = wanted.subtracting(known).sorted { ($0.host, $0.port) < ($1.host, $1.port) }
        if fresh.count > endpointsMax - members.count { fresh.shuffle(using: &random) }
        for address in fresh.prefix(endpointsMax - members.count) {
            let id = EndpointID(number: nextNumber)
            nextNumber += 1
            members.append(Member(id: id, address: address))
            outliers.add(id)
            change.added[id] = address
        }
        refresh()
        return change
    }

    // MARK: Connections

    mutating func connecting(_ id: EndpointID) { set(id, .connecting) }
    mutating func connected(_ id: EndpointID) { set(id, .ready) }
    mutating func failedToConnect(_ id: EndpointID, restsUntil: ContinuousClock.Instant) { set(id, .resting(until: restsUntil)) }
    /// It takes no new calls: it said goodbye, or its connection was lost.
    mutating func left(_ id: EndpointID) { if health(id) == .ready { set(id, .idle) } }

    func health(_ id: EndpointID) -> Health? { members.first { $0.id == id }?.health }

    /// The servers that a connection should be made to. All of them are kept connected, so that the loss of one costs nothing.
    func due(now: ContinuousClock.Instant) -> [EndpointID] {
        guard ready < members.count else { return [] }
        return members.compactMap { member in
            switch member.health {
            case .idle: member.id
            case .resting(let until): now >= until ? member.id : nil
            case .connecting, .ready: nil
            }
        }
    }

    private mutating func set(_ id: EndpointID, _ health: Health) {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return }
        members[index].health = health
        refresh()
    }

    private mutating func refresh() {
        let open = members.filter { $0.health == .ready }.map(\.id)
        ready = open.count
        let good = open.filter { !outliers.isEjected($0) }
        eligible = good.isEmpty ? open : good
    }

    // MARK: Calls

    /// - Parameters:
    ///   - avoiding: Where an earlier try failed; taken again only where there is no other.
    ///   - load: Calls under way.
    mutating func pick(
        now: ContinuousClock.Instant, avoiding: EndpointID? = nil, using random: inout some RandomNumberGenerator, load: (EndpointID) -> Int
    ) -> Pick {
        if outliers.readmit(now: now) { refresh() }
        switch eligible.count {
        case 0: return unready(now)
        case 1: return .endpoint(eligible[0])
        default:
            let (first, second) = two(of: eligible.count, random.next())
            let (one, other) = (eligible[first], eligible[second])
            if one == avoiding { return .endpoint(other) }
            if other == avoiding { return .endpoint(one) }
            return .endpoint(load(other) < load(one) ? other : one)
        }
    }

    private func unready(_ now: ContinuousClock.Instant) -> Pick {
        if members.isEmpty { return .empty }
        let hopeful = members.contains { member in
            if case .resting(let until) = member.health { now >= until } else { true }
        }
        return hopeful ? .wait : .unreachable
    }

    /// Two different ones, from one random number.
    private func two(of count: Int, _ random: UInt64) -> (Int, Int) {
        let first = Int(((random & 0xFFFF_FFFF) * UInt64(count)) >> 32)
        let second = Int(((random >> 32) * UInt64(count - 1)) >> 32)
        return (first, second < first ? second : second + 1)
    }

    /// A call that was sent there has ended.
    mutating func ended(_ id: EndpointID, failed: Bool, now: ContinuousClock.Instant) {
        if outliers.ended(id, failed: failed, now: now) { refresh() }
    }

    func isEjected(_ id: EndpointID) -> Bool { outliers.isEjected(id) }
    var isAlone: Bool { members.count == 1 }
}
