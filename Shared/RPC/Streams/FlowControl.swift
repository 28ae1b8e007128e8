/// The numbers both ends hold to. A stream's receiver holds at most a window of whole messages that nobody has read, and one
/// message that is not whole.
package enum FlowControl {
    /// What either end may send on a stream before it is granted more.
    package static let initialWindow = 256 << 10
    /// A message is cut into frames of at most this, so that no stream holds the connection for longer.
    package static let fragmentBytesMax = 32 << 10
    /// Of all messages of a connection that are not whole yet.
    package static let assemblyBytesMax = 32 << 20
    /// No window may grow beyond this.
    static let windowMax = 1 << 30
}

/// What may still be sent on a stream.
struct SendWindow: Hashable, Sendable {
    private(set) var available = FlowControl.initialWindow

    mutating func spend(_ bytes: Int) {
        available -= bytes
        assert(available >= 0, "a fragment is cut to the window")
    }

    mutating func grant(_ bytes: UInt32) throws(FrameError) {
        guard bytes > 0, Int(bytes) <= FlowControl.windowMax - available else { throw .badWindow(bytes) }
        available += Int(bytes)
    }
}

/// What the peer may still send on a stream, and what it can be granted anew.
struct ReceiveWindow: Hashable, Sendable {
    private var available = FlowControl.initialWindow
    private var released = 0

    mutating func receive(_ bytes: Int) throws(FrameError) {
        guard bytes <= available else { throw .beyondWindow }
        available -= bytes
    }

    /// These bytes are no longer held. The grant to send, once half a window is worth one.
    mutating func release(_ bytes: Int) -> UInt32? {
        released += bytes
        guard released >= FlowControl.initialWindow / 2 else { return nil }
        defer { released = 0 }
        available += released
        return UInt32(released)
    }
}
