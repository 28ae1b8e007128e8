/// The deadlines of open calls, the earliest first. Pure.
///
/// Nearly every call ends long before its deadline, so a call that ends is not looked for here: it is left out when its deadline comes,
/// or when as many have piled up as were kept the last time. What is held is at most twice the open calls and a little.
struct DeadlineQueue<Call> {
    private struct Entry {
        var deadline: ContinuousClock.Instant
        var call: Call
    }

    private static var sparedMin: Int { 64 }

    /// A binary heap. Deadlines mostly come in order, and then a new one stays where it is put.
    private var heap: [Entry] = []
    private var sparedUntil = sparedMin

    var count: Int { heap.count }
    var earliest: ContinuousClock.Instant? { heap.first?.deadline }

    mutating func insert(_ call: Call, _ deadline: ContinuousClock.Instant, isOpen: (Call) -> Bool) {
        if heap.count >= sparedUntil { leaveOut(isOpen) }
        heap.append(Entry(deadline: deadline, call: call))
        rise(from: heap.count - 1)
    }

    /// The open calls whose deadline is not after `now`. Those that have ended are skipped, also beyond `now` as far as they stand first.
    mutating func passed(by now: ContinuousClock.Instant, isOpen: (Call) -> Bool) -> [Call] {
        var calls: [Call] = []
        while let first = heap.first {
            guard isOpen(first.call) else {
                removeFirst()
                continue
            }
            guard first.deadline <= now else { break }
            calls.append(first.call)
            removeFirst()
        }
        return calls
    }

    private mutating func leaveOut(_ isOpen: (Call) -> Bool) {
        heap.removeAll { !isOpen($0.call) }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(from: index) }
        sparedUntil = 2 * heap.count + Self.sparedMin
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        sink(from: 0)
    }

    private mutating func rise(from start: Int) {
        var index = start
        while index > 0, heap[index].deadline < heap[(index - 1) / 2].deadline {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && heap[child].deadline < heap[least].deadline { least = child }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
