package import NIOCore

/// One direction of a connection under a plan: bytes in, what becomes of them out, in order. Pure.
package struct FaultLane {
    /// What one decision of the plan is about.
    package enum Unit: Sendable, Hashable {
        /// Whatever the socket had at once.
        case bytes
        /// A frame of the mesh; only where there is no TLS above.
        case frames
    }

    package enum Step: Equatable {
        case pass(ByteBuffer)
        /// Before the steps that follow.
        case wait(Duration)
        case reset
    }

    private var plan: FaultPlan
    private let unit: Unit
    private var cutter = FrameCutter()
    private var steps = CircularBuffer<Step>()
    private var isReset = false

    package init(plan: FaultPlan, unit: Unit) {
        self.plan = plan
        self.unit = unit
    }

    /// The result is what the plan did to them.
    package mutating func take(_ bytes: ByteBuffer) -> [Fault] {
        guard bytes.readableBytes > 0 else { return [] }
        guard unit == .frames else { return harm(bytes).map { [$0] } ?? [] }
        var faults: [Fault] = []
        cutter.append(bytes)
        while let frame = cutter.next() { if let fault = harm(frame) { faults.append(fault) } }
        return faults
    }

    /// The next thing to do; nil where there is nothing.
    package mutating func next() -> Step? { steps.popFirst() }

    private mutating func harm(_ bytes: ByteBuffer) -> Fault? {
        // Nothing comes after a reset.
        guard !isReset else { return nil }
        let decision = plan.decide(size: bytes.readableBytes)
        switch decision {
        case .pass: steps.append(.pass(bytes))
        case .drop: break
        case .delay(let time): steps.append(contentsOf: [.wait(time), .pass(bytes)])
        case .duplicate: steps.append(contentsOf: [.pass(bytes), .pass(bytes)])
        case .corrupt(let place, let mask): steps.append(.pass(bytes.changed(at: place, by: mask)))
        case .split(let lengths):
            var rest = bytes
            for length in lengths { if let piece = rest.readSlice(length: length) { steps.append(.pass(piece)) } }
        case .reset(let count):
            isReset = true
            if count > 0, let first = bytes.getSlice(at: bytes.readerIndex, length: count) { steps.append(.pass(first)) }
            steps.append(.reset)
        }
        return decision.fault
    }
}

extension ByteBuffer {
    fileprivate func changed(at place: Int, by mask: UInt8) -> ByteBuffer {
        var copy = self
        guard let byte = getInteger(at: readerIndex + place, as: UInt8.self) else { return copy }
        copy.setInteger(byte ^ mask, at: readerIndex + place)
        return copy
    }
}
