internal import PolicyCore
internal import Synchronization
internal import Trust

/// Compiled bundles by their digest. Content under a digest never changes, so nothing here grows stale; only memory bounds it.
final class BundleCache: Sendable {
    private struct State {
        var bundles: [SHA256Digest: CompiledBundle] = [:]
        /// From the least to the most recently used.
        var order: [SHA256Digest] = []
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 64) { self.capacity = capacity }

    subscript(digest: SHA256Digest) -> CompiledBundle? {
        state.withLock { state in
            guard let bundle = state.bundles[digest] else { return nil }
            state.order.removeAll { $0 == digest }
            state.order.append(digest)
            return bundle
        }
    }

    func insert(_ bundle: CompiledBundle) {
        state.withLock { state in
            state.order.removeAll { $0 == bundle.digest }
            state.order.append(bundle.digest)
            state.bundles[bundle.digest] = bundle
            if state.order.count > capacity { state.bundles[state.order.removeFirst()] = nil }
        }
    }
}
