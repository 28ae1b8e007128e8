/// Who of those that wait is next.
extension AdmissionQueue {
    mutating func dispatch(_ now: ContinuousClock.Instant) -> [Release] {
        var released: [Release] = []
        while running < limit.value, let (priority, tenant) = nextTurn() {
            released.append(release(priority, tenant, now))
        }
        return released
    }

    /// The class that was passed over too often, else the highest with a tenant whose turn it can be.
    private mutating func nextTurn() -> (priority: Int, tenant: Int)? {
        guard waiting.count > 0 else { return nil }
        for priority in passes.indices where passes[priority] >= Self.passesMax {
            if let tenant = takeTurn(priority) { return (priority, tenant) }
        }
        for priority in turns.indices.reversed() {
            if let tenant = takeTurn(priority) { return (priority, tenant) }
        }
        return nil
    }

    private mutating func takeTurn(_ priority: Int) -> Int? {
        while let (tenant, tag) = turns[priority].removeFirst() {
            tenants[tenant].lines[priority].isInTurns = false
            var line = tenants[tenant].lines[priority]
            guard !line.calls.isEmpty else { continue }
            if tag < line.tag {
                takePart(&line, tenant, priority)
            } else if tenants[tenant].running >= tenantMax {
                line.isParked = true
            } else {
                return tenant
            }
            tenants[tenant].lines[priority] = line
        }
        passes[priority] = 0
        return nil
    }

    private mutating func release(_ priority: Int, _ tenant: Int, _ now: ContinuousClock.Instant) -> Release {
        guard let call = waiting.removeFirst(of: &tenants[tenant].lines[priority].calls) else {
            preconditionFailure("a tenant without calls has no turn")
        }
        drain.drained(now: now)
        let isLate = standing.sheds(arrived: call.arrived, usually: times.expected(call.request.method), now: now)
        left(call)
        let waited = now - call.arrived
        defer {
            var line = tenants[tenant].lines[priority]
            takePart(&line, tenant, priority)
            tenants[tenant].lines[priority] = line
        }
        if call.request.deadline <= now { return .drop(call.element, .expired, waited: waited) }
        if isLate || (call.request.isStream && streams >= settings.streamsMax) { return .drop(call.element, overloaded(), waited: waited) }
        countPasses(priority)
        let charge = max(ServiceTimes.min, times.expected(call.request.method))
        turns[priority].now = max(turns[priority].now, tenants[tenant].lines[priority].tag)
        tenants[tenant].lines[priority].tag += charge / tenants[tenant].weight
        return .start(call.element, begin(call.request, tenant, charged: charge, now: now), waited: waited)
    }

    private mutating func countPasses(_ priority: Int) {
        passes[priority] = 0
        for lower in 0..<priority where !turns[lower].isEmpty { passes[lower] += 1 }
    }
}
