/// Which calls of a server run, which wait and which are refused, without I/O: events and times in, decisions out.
///
/// Up to the limit calls start at once. Beyond it they wait: higher priorities first, though a lower one is passed over at most
/// ``passesMax`` times in a row; within a priority tenants take turns in proportion to their weights; within a tenant first come,
/// first served. What waits is bounded per method, per tenant, in number and in bytes, so its memory is at most
/// `queuedBytesMax` and a few hundred bytes for each of `queuedMax` calls. What waits too long in a queue that does not empty is
/// shed, and what has expired is dropped; neither is run.
package struct AdmissionQueue<Element: Sendable>: Sendable {
    package enum Arrival: Equatable, Sendable {
        case start(AdmissionGrant)
        case queued(AdmissionTicket)
        case refused(AdmissionRefusal)
    }

    /// What becomes of a call that waited.
    package enum Release: Sendable {
        case start(Element, AdmissionGrant, waited: Duration)
        case drop(Element, AdmissionRefusal, waited: Duration)
    }

    /// So many starts of higher priorities before one of a lower that waits.
    package static var passesMax: Int { 8 }

    let settings: AdmissionSettings
    var limit: ConcurrencyLimit
    var times = ServiceTimes()
    var drain: DrainRate
    var standing: StandingQueue
    var tenants: TenantShares<Element>
    var waiting = WaitingCalls<Element>()
    var turns = PriorityClass.allCases.map { _ in FairTurns() }
    var passes = PriorityClass.allCases.map { _ in 0 }
    private var queuedByMethod: [UInt32: Int] = [:]

    package private(set) var running = 0
    package private(set) var streams = 0
    package private(set) var queuedBytes = 0
    package var queued: Int { waiting.count }
    package var limitNow: Int { limit.value }
    package var tenantsKnown: Int { tenants.count }

    /// - Parameter seed: For the jitter of retries.
    package init(_ settings: AdmissionSettings, seed: UInt64) {
        self.settings = settings
        limit = ConcurrencyLimit(settings.limit)
        drain = DrainRate(seed: seed)
        standing = StandingQueue(standingAfter: settings.standingAfter, sojournMax: settings.sojournMax)
        // Twice what can be busy: each time the table is full, at least half of it can be forgotten.
        let busyMax = min(settings.queuedMax, 1 << 20) + min(limit.max, 1 << 20) + min(settings.streamsMax, 1 << 20)
        tenants = TenantShares(weights: settings.weights, max: 2 * busyMax)
    }

    // MARK: Arrival

    package mutating func arrive(
        _ request: AdmissionRequest, now: ContinuousClock.Instant, _ element: @autoclosure () -> Element
    ) -> Arrival {
        guard now < request.deadline else { return .refused(.expired) }
        guard !request.isStream || streams < settings.streamsMax, let tenant = tenants.index(of: request.tenant) else {
            return .refused(overloaded())
        }
        let queued = tenants[tenant].queued
        // Whoever could start was started when the last place came free, so nobody is overtaken here.
        if running < limit.value, tenants[tenant].running < tenantMax, queued == 0 {
            return .start(begin(request, tenant, charged: 0, now: now))
        }
        guard hasRoom(request, queued, tenants[tenant].queuedBytes) else { return .refused(overloaded()) }
        return .queued(enqueue(element(), request, tenant, now))
    }

    /// Whether such a call would be refused, from what it claims: so that nothing else is done for a call that is refused anyway.
    package mutating func refuses(_ request: AdmissionRequest, now: ContinuousClock.Instant) -> AdmissionRefusal? {
        guard now < request.deadline else { return .expired }
        let share = tenants.known(request.tenant)
        if running < limit.value, (share?.running ?? 0) < tenantMax, (share?.queued ?? 0) == 0 { return nil }
        return hasRoom(request, share?.queued ?? 0, share?.queuedBytes ?? 0) ? nil : overloaded()
    }

    /// Dynamic thresholds (Choudhury, Hahne 1998): a tenant may hold a multiple of what is free, so whoever fills a queue
    /// leaves room for others without any place being set aside.
    private func hasRoom(_ request: AdmissionRequest, _ tenantQueued: Int, _ tenantBytes: Int) -> Bool {
        let free = min(settings.queuedPerMethodMax - queuedByMethod[request.method, default: 0], settings.queuedMax - waiting.count)
        let freeBytes = settings.queuedBytesMax - queuedBytes
        return free > 0 && tenantQueued < settings.tenantQueueFactor * free && request.bytes <= freeBytes
            && tenantBytes <= settings.tenantQueueFactor * freeBytes
    }

    mutating func overloaded() -> AdmissionRefusal { .overloaded(retryAfter: drain.retryAfter(waiting: waiting.count)) }

    /// At once, of one tenant.
    var tenantMax: Int {
        let share = settings.tenantShareMax
        return share >= 1 ? limit.value : max(1, Int(Double(limit.value) * share))
    }

    private mutating func enqueue(
        _ element: Element, _ request: AdmissionRequest, _ tenant: Int, _ now: ContinuousClock.Instant
    ) -> AdmissionTicket {
        if waiting.count == 0 { standing.joined(now: now) }
        queuedByMethod[request.method, default: 0] += 1
        queuedBytes += request.bytes
        tenants[tenant].queued += 1
        tenants[tenant].queuedBytes += request.bytes
        let priority = request.priority.rawValue
        // The line is taken out while it changes: two parts of the queue's state change at once.
        var line = tenants[tenant].lines[priority]
        if line.calls.isEmpty {
            line.tag = max(line.tag, turns[priority].now)
            // It may have been emptied while it was parked, with nothing left of its tenant to take it out.
            line.isParked = false
        }
        let ticket = waiting.append(element, request, tenant: tenant, arrived: now, to: &line.calls)
        takePart(&line, tenant, priority)
        tenants[tenant].lines[priority] = line
        return ticket
    }

    mutating func takePart(_ line: inout TenantShares<Element>.Line, _ tenant: Int, _ priority: Int) {
        guard !line.calls.isEmpty, !line.isInTurns, !line.isParked else { return }
        line.isInTurns = true
        turns[priority].insert(tenant: tenant, tag: line.tag)
    }

    // MARK: Leaving

    /// The call is no longer wanted; nil where it does not wait any more.
    package mutating func cancel(_ ticket: AdmissionTicket) -> Element? {
        guard let call = waiting.call(ticket) else { return nil }
        let priority = call.request.priority.rawValue
        guard let removed = waiting.remove(ticket, from: &tenants[call.tenant].lines[priority].calls) else { return nil }
        left(removed)
        return removed.element
    }

    mutating func left(_ call: WaitingCalls<Element>.Call) {
        queuedByMethod[call.request.method, default: 1] -= 1
        queuedBytes -= call.request.bytes
        tenants[call.tenant].queued -= 1
        tenants[call.tenant].queuedBytes -= call.request.bytes
        guard waiting.count == 0 else { return }
        standing.emptied()
        drain.paused()
    }

    // MARK: Running

    mutating func begin(
        _ request: AdmissionRequest, _ tenant: Int, charged: Double, now: ContinuousClock.Instant
    ) -> AdmissionGrant {
        if request.isStream {
            streams += 1
        } else {
            running += 1
        }
        // A stream counts for its tenant being known, not for its share of the places.
        if request.isStream { tenants[tenant].streams += 1 } else { tenants[tenant].running += 1 }
        return AdmissionGrant(
            method: request.method, tenant: tenant, priority: request.priority, isStream: request.isStream, started: now, charged: charged)
    }

    /// The call's handler has returned. The result says what becomes of those that waited for its place.
    /// - Parameter hasRun: False where there was no handler: that it took no time says nothing of such calls.
    package mutating func finish(_ grant: AdmissionGrant, hasRun: Bool = true, now: ContinuousClock.Instant) -> [Release] {
        guard !grant.isStream else {
            streams -= 1
            tenants[grant.tenant].streams -= 1
            return []
        }
        let ran = (now - grant.started).inNanoseconds
        if hasRun {
            limit.ran(for: ran, usual: times.usual(grant.method), running: running)
            times.took(grant.method, ran)
        }
        running -= 1
        tenants[grant.tenant].running -= 1
        correct(grant, ran)
        guard waiting.count > 0 else { return [] }
        unpark(grant.tenant)
        return dispatch(now)
    }

    /// The tenant was charged what such calls usually take; now it is known what this one took.
    private mutating func correct(_ grant: AdmissionGrant, _ ran: Double) {
        guard grant.charged > 0 else { return }
        let priority = grant.priority.rawValue
        let tag = tenants[grant.tenant].lines[priority].tag
        let corrected = tag + (max(ServiceTimes.min, ran) - grant.charged) / tenants[grant.tenant].weight
        tenants[grant.tenant].lines[priority].tag = max(corrected, min(tag, turns[priority].now))
    }

    private mutating func unpark(_ tenant: Int) {
        guard tenants[tenant].queued > 0, tenants[tenant].running < tenantMax else { return }
        for priority in turns.indices {
            var line = tenants[tenant].lines[priority]
            guard line.isParked else { continue }
            line.isParked = false
            takePart(&line, tenant, priority)
            tenants[tenant].lines[priority] = line
        }
    }
}
