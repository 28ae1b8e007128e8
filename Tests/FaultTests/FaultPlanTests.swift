import FaultTransport
import NIOCore
import Testing

/// The plan and the lane alone: no sockets, no time.
@Suite struct FaultPlanTests {
    static let seeds: [UInt64] = [1, 2, 3, 0xDEAD_BEEF, .max]
    static let everything = FaultRates(
        [.drop: 50, .delay: 50, .duplicate: 50, .corrupt: 50, .split: 100, .reset: 20], delayMax: .milliseconds(7), unharmed: 0...5)

    @Test(arguments: seeds) func theSameSeedDecidesTheSame(seed: UInt64) {
        var (one, other) = (FaultPlan(seed: seed, rates: Self.everything), FaultPlan(seed: seed, rates: Self.everything))
        let decisions = [(1...500).map { one.decide(size: $0) }, (1...500).map { other.decide(size: $0) }]
        #expect(decisions[0] == decisions[1])
    }

    @Test func anotherSeedDecidesOtherwise() {
        var (one, other) = (FaultPlan(seed: 1, rates: Self.everything), FaultPlan(seed: 2, rates: Self.everything))
        let decisions = [(1...500).map { one.decide(size: $0) }, (1...500).map { other.decide(size: $0) }]
        #expect(decisions[0] != decisions[1])
    }

    @Test(arguments: seeds) func everyDecisionIsPossible(seed: UInt64) {
        var plan = FaultPlan(seed: seed, rates: Self.everything)
        var counts: [Fault: Int] = [:]
        for size in 1...10_000 {
            let decision = plan.decide(size: size)
            if let fault = decision.fault { counts[fault, default: 0] += 1 }
            switch decision {
            case .pass, .drop, .duplicate: break
            case .delay(let time): #expect(time >= .zero && time <= .milliseconds(7))
            case .corrupt(let place, let mask): #expect((0..<size).contains(place) && mask.nonzeroBitCount == 1)
            case .split(let lengths): #expect(lengths.reduce(0, +) == size && lengths.allSatisfy { $0 > 0 } && lengths.count <= 64)
            case .reset(let count): #expect((0..<size).contains(count))
            }
        }
        // Twice the wanted share would be as wrong as half of it.
        for fault in Fault.allCases {
            let wanted = (Self.everything.perMille[fault] ?? 0) * 10
            #expect((wanted / 2...wanted * 2).contains(counts[fault] ?? 0), "\(fault): \(counts[fault] ?? 0) of about \(wanted)")
        }
    }

    @Test func withoutRatesNothingHappens() {
        var lane = FaultLane(plan: FaultPlan(seed: 7, rates: .none), unit: .bytes)
        for byte in UInt8(0)..<100 {
            let faults = lane.take(ByteBuffer(integer: byte))
            let steps = [lane.next(), lane.next()]
            #expect(faults == [] && steps == [.pass(ByteBuffer(integer: byte)), nil])
        }
    }

    /// What is neither dropped nor doubled nor changed arrives whole and in order, however it is cut.
    @Test(arguments: seeds) func piecesAreTheWhole(seed: UInt64) {
        var lane = FaultLane(plan: FaultPlan(seed: seed, rates: FaultRates([.split: 700, .delay: 300])), unit: .bytes)
        let sent = (0..<20).map { ByteBuffer(bytes: (0..<UInt8(100 + $0)).map { $0 }) }
        for buffer in sent { _ = lane.take(buffer) }
        var arrived = ByteBuffer()
        while let step = lane.next() {
            if case .pass(let bytes) = step { arrived.writeImmutableBuffer(bytes) }
            #expect(step != .reset)
        }
        #expect(Array(arrived.readableBytesView) == sent.flatMap { Array($0.readableBytesView) })
    }

    @Test func nothingFollowsAReset() {
        var lane = FaultLane(plan: FaultPlan(seed: 3, rates: FaultRates([.reset: 1000], unharmed: 0...0)), unit: .bytes)
        let faults = [lane.take(ByteBuffer(repeating: 1, count: 10)), lane.take(ByteBuffer(repeating: 2, count: 10))]
        #expect(faults == [[.reset], []])
        var steps: [FaultLane.Step] = []
        while let step = lane.next() { steps.append(step) }
        #expect(steps.last == .reset && steps.filter { $0 == .reset }.count == 1)
    }

    /// In frames, a unit is a whole frame wherever the reads happened to end.
    @Test func framesAreDroppedWhole() {
        var frames = ByteBuffer()
        for stream in UInt32(1)...50 {
            frames.writeMultipleIntegers(UInt32(3), UInt8(3), UInt8(0), UInt16(0), stream, UInt32(0))
            frames.writeBytes([1, 2, 3])
        }
        var lane = FaultLane(plan: FaultPlan(seed: 5, rates: FaultRates([.drop: 300], unharmed: 0...0)), unit: .frames)
        var dropped = 0
        while let part = frames.readSlice(length: min(7, frames.readableBytes)), part.readableBytes > 0 { dropped += lane.take(part).count }
        var arrived: [ByteBuffer] = []
        while let step = lane.next() { if case .pass(let bytes) = step { arrived.append(bytes) } }
        #expect(dropped > 0 && arrived.count == 50 - dropped)
        #expect(arrived.allSatisfy { $0.readableBytes == 19 })
    }
}
