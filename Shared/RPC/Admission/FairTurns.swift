/// Whose turn it is within one priority class: start-time fair queueing (Goyal, Vin, Cheng 1996). Of tenants that all have
/// something waiting, each gets running time in proportion to its weight, to within one call.
///
/// A heap of (virtual start, order of arrival, tenant). Entries are not moved when a tenant's virtual start changes: who takes
/// an entry compares it with what the tenant now has, and puts it back where it came too early.
struct FairTurns {
    private struct Entry {
        var tag: Double
        var order: UInt64
        var tenant: Int

        static func < (one: Entry, other: Entry) -> Bool {
            one.tag == other.tag ? one.order < other.order : one.tag < other.tag
        }
    }

    private var heap: [Entry] = []
    private var order: UInt64 = 0
    /// The virtual start of the call that was started last.
    var now = 0.0

    var isEmpty: Bool { heap.isEmpty }

    mutating func insert(tenant: Int, tag: Double) {
        order += 1
        heap.append(Entry(tag: tag, order: order, tenant: tenant))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() -> (tenant: Int, tag: Double)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.tenant, first.tag)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
