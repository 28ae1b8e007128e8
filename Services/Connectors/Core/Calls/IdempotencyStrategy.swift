/// What makes it safe to ask for the same effect again.
package enum IdempotencyStrategy: String, Sendable, Hashable {
    /// Doing it twice is doing it once.
    case idempotent
    /// The vendor keeps our key and answers a repetition as before.
    case keyed
    /// A mark is left with the effect, and looked for before anything is repeated.
    case readBack = "read-back"
    /// Nothing does: a person must look.
    case unsafe

    var mayRepeatBlindly: Bool { self == .idempotent || self == .keyed }
}
