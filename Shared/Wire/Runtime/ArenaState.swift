internal import CProtobufC

#if canImport(Glibc)
    internal import Glibc
#endif

/// The arena's memory: chunks from malloc, handed out front to back.
struct ArenaState {
    // First, so that a pointer to the state is a pointer to the allocator.
    var allocator: ProtobufCAllocator
    private var chunks: [UnsafeMutableRawPointer] = []
    private var next: UnsafeMutableRawPointer?
    private var left = 0
    private var budget: Int
    private var chunkSize = 4096
    private(set) var isExhausted = false

    init(cap: Int) {
        budget = cap
        allocator = ProtobufCAllocator(
            alloc: { data, size in
                // SAFETY: `allocator_data` is the state this allocator belongs to; see WireArena.
                data?.assumingMemoryBound(to: ArenaState.self).pointee.allocate(size)
            },
            free: { _, _ in },
            allocator_data: nil)
    }

    /// Aligned for every C type that protobuf-c has; nil at the cap.
    mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        // Rounded up to 8; a size so large that this overflows is beyond any cap.
        let (padded, overflow) = max(size, 1).addingReportingOverflow(7)
        let rounded = padded & ~7
        guard !overflow, size >= 0, rounded <= budget else {
            isExhausted = true
            return nil
        }
        if rounded > left, !grow(toHold: rounded) { return nil }
        guard let start = next else { return nil }
        budget -= rounded
        left -= rounded
        next = start + rounded
        return start
    }

    private mutating func grow(toHold size: Int) -> Bool {
        let capacity = max(chunkSize, size)
        guard let chunk = malloc(capacity) else { return false }
        chunks.append(chunk)
        next = chunk
        left = capacity
        chunkSize = min(chunkSize * 2, 1 << 20)
        return true
    }

    mutating func releaseChunks() {
        for chunk in chunks { free(chunk) }
        chunks = []
    }
}
