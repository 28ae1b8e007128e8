package import Identity

/// What the queue needs to know of a call.
package struct AdmissionRequest: Sendable, Hashable {
    /// The method's id on this server.
    package var method: UInt32
    /// Nil for what belongs to no tenant; together these are treated like one.
    package var tenant: TenantID?
    package var priority: PriorityClass
    /// Of its message, which is held while the call waits.
    package var bytes: Int
    package var deadline: ContinuousClock.Instant
    /// Of several messages: how long it lives says nothing of how much work it is.
    package var isStream: Bool

    package init(
        method: UInt32, tenant: TenantID?, priority: PriorityClass = .normal, bytes: Int = 0, deadline: ContinuousClock.Instant,
        isStream: Bool = false
    ) {
        self.method = method
        self.tenant = tenant
        self.priority = priority
        self.bytes = bytes
        self.deadline = deadline
        self.isStream = isStream
    }
}

/// The place of a call that runs; given back with ``AdmissionQueue/finish(_:now:)``.
package struct AdmissionGrant: Sendable, Hashable {
    let method: UInt32
    let tenant: Int
    let priority: PriorityClass
    let isStream: Bool
    let started: ContinuousClock.Instant
    /// What its tenant was charged for it in advance, in nanoseconds; 0 where nobody waited.
    let charged: Double
}

/// The place of a call that waits.
package struct AdmissionTicket: Sendable, Hashable {
    let slot: Int
    /// Slots are used again; an old ticket must not name a newer call.
    let generation: UInt64
}

/// Why a call is not run.
package enum AdmissionRefusal: Sendable, Hashable {
    /// Too much waits, or it waited too long; ask again after that.
    case overloaded(retryAfter: Duration)
    /// Its deadline passed while it waited.
    case expired
}
