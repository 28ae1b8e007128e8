private import CLinux

/// The C heap of a process that exchanges large messages.
///
/// By default glibc gives a block of a few MiB back to the kernel as soon as it is free. A process that passes on one 4 MiB message after
/// the other then takes a thousand page faults for each copy, in the kernel and under its lock, and whatever else it serves waits: measured,
/// small calls beside such messages took five times as long. What is kept instead is bounded by ``keptBytesMax`` per arena.
public enum ProcessHeap {
    /// Blocks up to this come from the heap: the largest message that is accepted by default, twice over for a buffer that doubles.
    static let heapBlockBytesMax: Int32 = 16 << 20
    /// Free memory beyond this, at the end of an arena, goes back.
    static let keptBytesMax: Int32 = 32 << 20

    /// Once, at the start of a process and before it has threads. False where the C library refused; all works then, slower.
    @discardableResult
    public static func keepLargeBlocks() -> Bool {
        mallopt(M_MMAP_THRESHOLD, heapBlockBytesMax) == 1 && mallopt(M_TRIM_THRESHOLD, keptBytesMax) == 1
    }
}
