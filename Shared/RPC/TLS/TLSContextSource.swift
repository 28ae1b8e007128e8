internal import NIOConcurrencyHelpers

/// The context that new connections use; replaced when certificates rotate. Open connections keep the one they began with.
public final class TLSContextSource: Sendable {
    private let box: NIOLockedValueBox<TLSContext>

    public init(_ context: TLSContext) { box = NIOLockedValueBox(context) }

    public var current: TLSContext { box.withLockedValue { $0 } }

    /// Takes a context that was built elsewhere: building one reads and parses, which no event loop should wait for.
    public func replace(with context: TLSContext) { box.withLockedValue { $0 = context } }
}
