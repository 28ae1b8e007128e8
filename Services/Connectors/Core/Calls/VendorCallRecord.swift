package import FoundationEssentials
package import Trust

/// One life of one process: another one with the same instance name means that this one has ended.
package struct WorkerID: Sendable, Hashable {
    package var instance: String
    package var boot: String

    package init(instance: String, boot: String) {
        self.instance = instance
        self.boot = boot
    }
}

/// What is known of the call with a key.
package struct VendorCallRecord: Sendable, Hashable {
    package enum State: String, Sendable {
        /// The intent is signed; nothing was sent. May become started.
        case prepared
        /// The request may be on its way. May become any of the below.
        case started
        /// It failed and nothing happened. May become prepared again, as the next attempt.
        case retryable
        /// Stays.
        case succeeded
        /// Stays.
        case failed
        /// Nobody knows. May become succeeded, where the effect is found.
        case mayHaveRun = "may-have-run"
    }

    package var state: State
    /// Over everything that the caller asked.
    package var requestDigest: SHA256Digest
    /// From 1.
    package var attempt: Int
    package var worker: WorkerID
    package var leaseEnds: Date
    package var started: Date?

    package init(state: State, requestDigest: SHA256Digest, attempt: Int, worker: WorkerID, leaseEnds: Date, started: Date? = nil) {
        self.state = state
        self.requestDigest = requestDigest
        self.attempt = attempt
        self.worker = worker
        self.leaseEnds = leaseEnds
        self.started = started
    }
}
