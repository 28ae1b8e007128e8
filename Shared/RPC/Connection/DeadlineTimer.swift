internal import NIOCore

/// One timer of an event loop for the deadlines of many calls: a timer of its own for each call, which is nearly always cancelled, cost
/// a tenth of the call. Lives on the event loop.
final class DeadlineTimer<Call> {
    private struct Armed {
        var at: ContinuousClock.Instant
        var timer: Scheduled<Void>
    }

    private let eventLoop: any EventLoop
    private let isOpen: (Call) -> Bool
    private let hasPassed: (Call) -> Void
    private var queue = DeadlineQueue<Call>()
    private var armed: Armed?

    /// - Parameters:
    ///   - isOpen: Whether the call has not ended; of one that has, nothing more is told.
    ///   - hasPassed: Ends the call.
    init(eventLoop: any EventLoop, isOpen: @escaping (Call) -> Bool, hasPassed: @escaping (Call) -> Void) {
        self.eventLoop = eventLoop
        self.isOpen = isOpen
        self.hasPassed = hasPassed
    }

    func add(_ call: Call, _ deadline: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        queue.insert(call, deadline, isOpen: isOpen)
        if let armed, armed.at <= deadline { return }
        arm(deadline, now: now)
    }

    func stop() {
        armed?.timer.cancel()
        armed = nil
        // Calls that have ended stand here until their deadline, and hold whom they were made by.
        queue = DeadlineQueue()
    }

    private func arm(_ deadline: ContinuousClock.Instant, now: ContinuousClock.Instant) {
        armed?.timer.cancel()
        let timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline - now)) { self.fire(deadline) }
        armed = Armed(at: deadline, timer: timer)
    }

    private func fire(_ deadline: ContinuousClock.Instant) {
        armed = nil
        let now = max(.now, deadline)
        for call in queue.passed(by: now, isOpen: isOpen) where isOpen(call) { hasPassed(call) }
        // Ending calls may have begun others.
        guard let earliest = queue.earliest else { return }
        if let armed, armed.at <= earliest { return }
        arm(earliest, now: now)
    }
}
