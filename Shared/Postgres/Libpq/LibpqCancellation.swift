internal import CPq

/// Stops the statement that a connection runs, over a connection of its own.
final class LibpqCancellation: @unchecked Sendable {
    // SAFETY: libpq documents PGcancel as usable from any thread; it is written once and freed once.
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { PQfreeCancel(handle) }

    /// Blocks until the server has passed the signal on, or the connection failed.
    func send() {
        var reason = [CChar](repeating: 0, count: 256)
        PQcancel(handle, &reason, Int32(reason.count))
    }
}
