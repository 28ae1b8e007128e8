/// The calls that wait, in slots that are used again, linked to one line per tenant and priority. Joining, leaving from the
/// head and leaving from the middle cost the same, however many wait.
struct WaitingCalls<Element: Sendable>: Sendable {
    struct Call {
        var element: Element
        var request: AdmissionRequest
        var tenant: Int
        var arrived: ContinuousClock.Instant
        fileprivate var previous: Int?
        fileprivate var next: Int?
    }

    struct Line {
        fileprivate(set) var head: Int?
        fileprivate var tail: Int?
        var isEmpty: Bool { head == nil }
    }

    private struct Slot {
        var generation: UInt64 = 0
        var call: Call?
    }

    private var slots: [Slot] = []
    private var free: [Int] = []
    private(set) var count = 0

    mutating func append(
        _ element: Element, _ request: AdmissionRequest, tenant: Int, arrived: ContinuousClock.Instant, to line: inout Line
    ) -> AdmissionTicket {
        let call = Call(element: element, request: request, tenant: tenant, arrived: arrived, previous: line.tail, next: nil)
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        slots[slot].call = call
        if let tail = line.tail { slots[tail].call?.next = slot } else { line.head = slot }
        line.tail = slot
        count += 1
        return AdmissionTicket(slot: slot, generation: slots[slot].generation)
    }

    func first(of line: Line) -> Call? { line.head.flatMap { slots[$0].call } }

    func call(_ ticket: AdmissionTicket) -> Call? {
        guard slots.indices.contains(ticket.slot), slots[ticket.slot].generation == ticket.generation else { return nil }
        return slots[ticket.slot].call
    }

    mutating func removeFirst(of line: inout Line) -> Call? {
        guard let head = line.head else { return nil }
        return remove(head, from: &line)
    }

    mutating func remove(_ ticket: AdmissionTicket, from line: inout Line) -> Call? {
        guard call(ticket) != nil else { return nil }
        return remove(ticket.slot, from: &line)
    }

    private mutating func remove(_ slot: Int, from line: inout Line) -> Call? {
        guard let call = slots[slot].call else { return nil }
        if let previous = call.previous { slots[previous].call?.next = call.next } else { line.head = call.next }
        if let next = call.next { slots[next].call?.previous = call.previous } else { line.tail = call.previous }
        slots[slot].call = nil
        slots[slot].generation += 1
        free.append(slot)
        count -= 1
        return call
    }
}
