internal import CProtobufC

#if canImport(Glibc)
    internal import Glibc
#endif

/// The arena's memory: chunks from malloc, handed out front to back. The state itself stands at the front of the first chunk, and each
/// further chunk begins with a pointer to the one before it, so that a small message costs one malloc.
struct ArenaState {
    // First, so that a pointer to the state is a pointer to the allocator.
    var allocator: ProtobufCAllocator
    private var lastChunk: UnsafeMutableRawPointer?
    private var next: UnsafeMutableRawPointer
    private var left: Int
    private var budget: Int
    private var chunkSize: Int
    private(set) var isExhausted = false

    private static let chunkBytesMax = 1 << 20
    /// Keeps what follows it aligned as malloc aligns.
    private static let linkBytes = 16

    /// A state in a chunk of its own, with room for `firstChunk` bytes.
    static func make(cap: Int, firstChunk: Int) -> UnsafeMutablePointer<ArenaState> {
        let header = (MemoryLayout<ArenaState>.size + 15) & ~15
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: header + firstChunk, alignment: 16)
        let state = chunk.bindMemory(to: ArenaState.self, capacity: 1)
        state.initialize(to: ArenaState(cap: cap, room: chunk + header, roomBytes: firstChunk))
        state.pointee.allocator.allocator_data = chunk
        return state
    }

    static func release(_ state: UnsafeMutablePointer<ArenaState>) {
        var chunk = state.pointee.lastChunk
        while let current = chunk {
            chunk = current.load(as: UnsafeMutableRawPointer?.self)
            free(current)
        }
        state.deinitialize(count: 1)
        UnsafeMutableRawPointer(state).deallocate()
    }

    private init(cap: Int, room: UnsafeMutableRawPointer, roomBytes: Int) {
        budget = cap
        next = room
        left = roomBytes
        chunkSize = max(roomBytes * 2, 4096)
        allocator = ProtobufCAllocator(
            alloc: { data, size in
                // SAFETY: `allocator_data` is the state this allocator belongs to; see WireArena.
                data?.assumingMemoryBound(to: ArenaState.self).pointee.allocate(size)
            },
            free: { _, _ in },
            allocator_data: nil)
    }

    /// Aligned for every C type that protobuf-c has; nil at the cap.
    @inline(__always)
    mutating func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
        // Rounded up to 8; a size so large that this overflows is beyond any cap.
        let (padded, overflow) = max(size, 1).addingReportingOverflow(7)
        let rounded = padded & ~7
        guard !overflow, size >= 0, rounded <= budget else {
            isExhausted = true
            return nil
        }
        if rounded > left, !grow(toHold: rounded) { return nil }
        let start = next
        budget -= rounded
        left -= rounded
        next = start + rounded
        return start
    }

    @inline(never)
    private mutating func grow(toHold size: Int) -> Bool {
        let (capacity, overflow) = max(chunkSize, size).addingReportingOverflow(Self.linkBytes)
        guard !overflow, let chunk = malloc(capacity) else {
            isExhausted = true
            return false
        }
        chunk.storeBytes(of: lastChunk, as: UnsafeMutableRawPointer?.self)
        lastChunk = chunk
        next = chunk + Self.linkBytes
        left = capacity - Self.linkBytes
        chunkSize = min(chunkSize * 2, Self.chunkBytesMax)
        return true
    }
}
