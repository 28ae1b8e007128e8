import NIOCore
import Testing

@testable import RPC

@Suite struct FragmentSchedulerTests {
    static func message(_ count: Int, _ byte: UInt8 = 1) -> ByteBuffer { ByteBuffer(repeating: byte, count: count) }

    @Test func aMessageIsCutIntoFragments() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(Self.message(80 << 10), on: 1)
        #expect(fragments.isBusy(1))
        let all = [fragments.next(), fragments.next(), fragments.next()].compactMap(\.self)
        #expect(all.map(\.payload.readableBytes) == [32 << 10, 32 << 10, 16 << 10])
        #expect(all.map(\.isLast) == [false, false, true])
        #expect(fragments.next() == nil)
        #expect(!fragments.isBusy(1))
    }

    @Test func theFirstFragmentCanGoAtOnce() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.open(2)
        fragments.enqueue(Self.message(64 << 10, 1), on: 1)
        #expect(fragments.begin(Self.message(64 << 10, 2), on: 2)?.payload == Self.message(32 << 10, 2))
        #expect((0..<3).compactMap { _ in fragments.next()?.stream } == [1, 2, 1])
        #expect(fragments.next() == nil)
    }

    @Test func anEmptyMessageIsOneFragment() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(ByteBuffer(), on: 1)
        #expect(fragments.next() == .init(stream: 1, payload: ByteBuffer(), isLast: true))
        #expect(fragments.next() == nil)
    }

    @Test func streamsTakeTurns() {
        var fragments = FragmentScheduler()
        for stream: UInt32 in [1, 2, 3] {
            fragments.open(stream)
            fragments.enqueue(Self.message(64 << 10), on: stream)
        }
        #expect((0..<6).compactMap { _ in fragments.next()?.stream } == [1, 2, 3, 1, 2, 3])
    }

    @Test func theWindowEndsATurnAndAGrantBringsItBack() throws {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(Self.message(300 << 10), on: 1)
        var sent = 0
        while let fragment = fragments.next() { sent += fragment.payload.readableBytes }
        #expect(sent == FlowControl.initialWindow)
        try fragments.grant(1000, on: 1)
        #expect(fragments.next()?.payload.readableBytes == 1000)
        #expect(fragments.next() == nil)
        try fragments.grant(1 << 20, on: 1)
        var last: FragmentScheduler.Fragment?
        while let fragment = fragments.next() { last = fragment }
        #expect(last?.isLast == true)
    }

    @Test func anEmptyMessageNeedsNoWindow() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(Self.message(FlowControl.initialWindow), on: 1)
        while fragments.next() != nil {}
        fragments.enqueue(ByteBuffer(), on: 1)
        #expect(fragments.next()?.isLast == true)
    }

    @Test func whatIsClosedIsNotSent() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.open(2)
        fragments.enqueue(Self.message(10), on: 1)
        fragments.enqueue(Self.message(10), on: 2)
        fragments.close(1)
        #expect(fragments.next()?.stream == 2)
        #expect(fragments.next() == nil)
    }

    @Test func aWindowHasAMaximum() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        #expect(throws: FrameError.badWindow(0)) { try fragments.grant(0, on: 1) }
        #expect(throws: FrameError.badWindow(.max)) { try fragments.grant(.max, on: 1) }
    }

    /// Whatever the order of messages and grants: every byte goes out once, in order, within the window, and no stream waits
    /// for more than one fragment of each other.
    @Test(arguments: 0..<20) func everyByteGoesOutOnce(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var fragments = FragmentScheduler()
        var expected: [UInt32: [UInt8]] = [:]
        var seen: [UInt32: [UInt8]] = [:]
        var windows: [UInt32: Int] = [:]
        for stream: UInt32 in 1...5 {
            fragments.open(stream)
            let bytes = (0..<Int.random(in: 0...600_000, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
            expected[stream] = bytes
            windows[stream] = FlowControl.initialWindow
            fragments.enqueue(ByteBuffer(bytes: bytes), on: stream)
        }
        while seen != expected {
            while let fragment = fragments.next() {
                seen[fragment.stream, default: []] += fragment.payload.readableBytesView
                windows[fragment.stream, default: 0] -= fragment.payload.readableBytes
                #expect(windows[fragment.stream, default: 0] >= 0)
            }
            for stream: UInt32 in 1...5 {
                let grant = UInt32.random(in: 1...200_000, using: &random)
                windows[stream, default: 0] += Int(grant)
                try fragments.grant(grant, on: stream)
            }
        }
        #expect(fragments.next() == nil)
    }
}
