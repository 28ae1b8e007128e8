internal import NIOConcurrencyHelpers

/// The one admission queue of a server, which its connections share; from any thread.
final class AdmissionControl: Sendable {
    /// What a call that waited is told, on the thread on which a place came free.
    enum Turn: Sendable {
        case start(AdmissionGrant, waited: Duration)
        case refused(AdmissionRefusal, waited: Duration)
    }

    typealias Resume = @Sendable (Turn) -> Void

    private let queue: NIOLockedValueBox<AdmissionQueue<Resume>>

    init(_ settings: AdmissionSettings, seed: UInt64 = .random(in: 0...UInt64.max)) {
        queue = NIOLockedValueBox(AdmissionQueue(settings, seed: seed))
    }

    /// Whether such a call would be refused, from what it claims to be: before anything is spent on checking that.
    func refuses(_ request: AdmissionRequest, now: ContinuousClock.Instant) -> AdmissionRefusal? {
        queue.withLockedValue { $0.refuses(request, now: now) }
    }

    /// - Parameter resume: Called once if the call is queued and not cancelled in time.
    func arrive(
        _ request: AdmissionRequest, now: ContinuousClock.Instant, resume: @escaping Resume
    ) -> AdmissionQueue<Resume>.Arrival {
        queue.withLockedValue { $0.arrive(request, now: now, resume) }
    }

    /// False where the call's turn has come: it is told so, or was.
    func cancel(_ ticket: AdmissionTicket) -> Bool { queue.withLockedValue { $0.cancel(ticket) } != nil }

    func finish(_ grant: AdmissionGrant, now: ContinuousClock.Instant = .now) {
        resume(queue.withLockedValue { $0.finish(grant, now: now) })
    }

    /// The place is not used: its call went away when it was on its way to it.
    func forgo(_ grant: AdmissionGrant, now: ContinuousClock.Instant = .now) {
        resume(queue.withLockedValue { $0.finish(grant, hasRun: false, now: now) })
    }

    /// Without the lock: whoever is resumed may come back here.
    private func resume(_ releases: [AdmissionQueue<Resume>.Release]) {
        for release in releases {
            switch release {
            case .start(let resume, let grant, let waited): resume(.start(grant, waited: waited))
            case .drop(let resume, let refusal, let waited): resume(.refused(refusal, waited: waited))
            }
        }
    }

    var load: ServerLoad {
        queue.withLockedValue {
            ServerLoad(running: $0.running, streams: $0.streams, queued: $0.queued, queuedBytes: $0.queuedBytes, limit: $0.limitNow)
        }
    }
}

extension AdmissionRefusal {
    var error: RPCError {
        switch self {
        case .expired: .deadlineExceeded
        case .overloaded(let retryAfter):
            RPCError(
                .resourceExhausted, reason: "OVERLOADED", message: "the service has more to do than it can; ask again later", retryAfter: retryAfter)
        }
    }
}
