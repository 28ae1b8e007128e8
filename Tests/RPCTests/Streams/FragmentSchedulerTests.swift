import NIOCore
import Testing

@testable import RPC

@Suite struct FragmentSchedulerTests {
    static func message(_ count: Int, _ byte: UInt8 = 1) -> ByteBuffer { ByteBuffer(repeating: byte, count: count) }

    static func part(_ step: FragmentScheduler.Step?) -> (stream: UInt32, bytes: Int, completes: Int?)? {
        if case .part(let stream, let payload, let bytes) = step { (stream, payload.readableBytes, bytes) } else { nil }
    }

    @Test func aMessageIsCutIntoFragments() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(Self.message(80 << 10), on: 1)
        let all = (0..<3).compactMap { _ in Self.part(fragments.next()) }
        #expect(all.map(\.bytes) == [32 << 10, 32 << 10, 16 << 10])
        #expect(all.map(\.completes) == [nil, nil, 80 << 10])
        #expect(fragments.next() == nil)
    }

    @Test func theFirstFragmentCanGoAtOnce() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.open(2)
        fragments.enqueue(Self.message(64 << 10, 1), on: 1)
        #expect(fragments.begin(Self.message(64 << 10, 2), on: 2) == Self.message(32 << 10, 2))
        #expect((0..<3).compactMap { _ in Self.part(fragments.next())?.stream } == [1, 2, 1])
        #expect(fragments.next() == nil)
    }

    @Test func messagesOfAStreamKeepTheirOrderAndTheEndComesLast() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        for byte: UInt8 in 1...3 { fragments.enqueue(Self.message(10, byte), on: 1) }
        fragments.finish(1)
        for byte: UInt8 in 1...3 { #expect(fragments.next() == .part(stream: 1, Self.message(10, byte), completes: 10)) }
        #expect(fragments.next() == .finished(stream: 1))
        #expect(fragments.next() == nil)
    }

    @Test func anEmptyMessageIsOneFragment() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(ByteBuffer(), on: 1)
        #expect(fragments.next() == .part(stream: 1, ByteBuffer(), completes: 0))
        #expect(fragments.next() == nil)
    }

    @Test func streamsTakeTurns() {
        var fragments = FragmentScheduler()
        for stream: UInt32 in [1, 2, 3] {
            fragments.open(stream)
            fragments.enqueue(Self.message(64 << 10), on: stream)
        }
        #expect((0..<6).compactMap { _ in Self.part(fragments.next())?.stream } == [1, 2, 3, 1, 2, 3])
    }

    @Test func theWindowEndsATurnAndAGrantBringsItBack() throws {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(Self.message(300 << 10), on: 1)
        var sent = 0
        while let part = Self.part(fragments.next()) { sent += part.bytes }
        #expect(sent == FlowControl.initialWindow)
        try fragments.grant(1000, on: 1)
        #expect(Self.part(fragments.next())?.bytes == 1000)
        #expect(fragments.next() == nil)
        try fragments.grant(1 << 20, on: 1)
        var completes: Int?
        while let part = Self.part(fragments.next()) { completes = part.completes }
        #expect(completes == 300 << 10)
    }

    @Test func anEmptyMessageNeedsNoWindow() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.enqueue(Self.message(FlowControl.initialWindow), on: 1)
        while fragments.next() != nil {}
        fragments.enqueue(ByteBuffer(), on: 1)
        #expect(fragments.next() == .part(stream: 1, ByteBuffer(), completes: 0))
    }

    @Test func whatIsClosedIsNotSent() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        fragments.open(2)
        fragments.enqueue(Self.message(10), on: 1)
        fragments.enqueue(Self.message(10), on: 2)
        fragments.close(1)
        #expect(Self.part(fragments.next())?.stream == 2)
        #expect(fragments.next() == nil)
    }

    @Test func aWindowHasAMaximum() {
        var fragments = FragmentScheduler()
        fragments.open(1)
        #expect(throws: FrameError.badWindow(0)) { try fragments.grant(0, on: 1) }
        #expect(throws: FrameError.badWindow(.max)) { try fragments.grant(.max, on: 1) }
    }

    /// Whatever the order of messages and grants: every byte goes out once, in order, and within the window.
    @Test(arguments: 0..<20) func everyByteGoesOutOnce(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var fragments = FragmentScheduler()
        var expected: [UInt32: [UInt8]] = [:]
        var seen: [UInt32: [UInt8]] = [:]
        var windows: [UInt32: Int] = [:]
        for stream: UInt32 in 1...5 {
            fragments.open(stream)
            windows[stream] = FlowControl.initialWindow
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let bytes = (0..<Int.random(in: 1...300_000, using: &random)).map { UInt8(truncatingIfNeeded: $0) }
                expected[stream, default: []] += bytes
                fragments.enqueue(ByteBuffer(bytes: bytes), on: stream)
            }
        }
        while seen != expected {
            while case .part(let stream, let payload, _) = fragments.next() {
                seen[stream, default: []] += payload.readableBytesView
                windows[stream, default: 0] -= payload.readableBytes
                #expect(windows[stream, default: 0] >= 0)
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
