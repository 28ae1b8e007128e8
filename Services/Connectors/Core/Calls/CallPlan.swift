package import FoundationEssentials
package import Trust

/// What is to be done when a call is asked for, given what is known of its key. Pure.
package enum CallPlan: Sendable, Hashable {
    /// A new intent, then the call.
    case begin(attempt: Int)
    /// The intent stands and nothing was sent: see that the log has it, then call.
    case resume(attempt: Int)
    /// It may have happened: look for its mark first.
    case readBack
    /// It may have happened and cannot be looked for.
    case giveUp
    /// It is over: the stored answer.
    case answer
    /// Somebody is at it.
    case busy(retryAfter: Duration)
    /// The key was used for something else.
    case conflict

    package static func make(
        _ record: VendorCallRecord?, request: SHA256Digest, strategy: IdempotencyStrategy, worker: WorkerID, now: Date
    ) -> CallPlan {
        guard let record else { return .begin(attempt: 1) }
        guard record.requestDigest == request else { return .conflict }
        switch record.state {
        case .succeeded, .failed: return .answer
        case .retryable: return .begin(attempt: record.attempt + 1)
        case .mayHaveRun: return strategy == .readBack ? .readBack : .answer
        case .prepared:
            return record.isHeld(from: worker, now) ?? .resume(attempt: record.attempt)
        case .started:
            return record.isHeld(from: worker, now) ?? afterCrash(record, strategy)
        }
    }

    private static func afterCrash(_ record: VendorCallRecord, _ strategy: IdempotencyStrategy) -> CallPlan {
        switch strategy {
        case .idempotent, .keyed: .begin(attempt: record.attempt + 1)
        case .readBack: .readBack
        case .unsafe: .giveUp
        }
    }
}

extension VendorCallRecord {
    /// `busy` while another process, or another call of this one, may still be at it; nil where it was abandoned.
    fileprivate func isHeld(from worker: WorkerID, _ now: Date) -> CallPlan? {
        let isPredecessor = self.worker.instance == worker.instance && self.worker.boot != worker.boot
        guard !isPredecessor, leaseEnds > now else { return nil }
        let rest = Duration.seconds(leaseEnds.timeIntervalSince(now))
        return .busy(retryAfter: min(rest, .seconds(1)))
    }
}

/// What an answer that leaves a doubt means for the call.
package enum DoubtResolution: Sendable, Hashable {
    /// Repeating does no harm: nothing that matters happened.
    case repeatable
    case readBack
    case unknown

    package init(_ strategy: IdempotencyStrategy) {
        self = strategy.mayRepeatBlindly ? .repeatable : strategy == .readBack ? .readBack : .unknown
    }
}
