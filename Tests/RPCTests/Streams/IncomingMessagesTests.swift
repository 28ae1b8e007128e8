import NIOCore
import Testing

@testable import RPC

@Suite struct IncomingMessagesTests {
    static func bytes(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 7, count: count) }

    @Test func partsBecomeAMessage() throws {
        var messages = IncomingMessages(bytesMax: 1000)
        #expect(try messages.take(ByteBuffer(string: "ab"), .more) == .part(grant: nil))
        #expect(messages.assemblingBytes == 2)
        #expect(try messages.take(ByteBuffer(string: "c"), []) == .message(ByteBuffer(string: "abc"), held: 1))
        #expect(messages.assemblingBytes == 0)
        #expect(try messages.take(ByteBuffer(), .bare) == .nothing)
    }

    @Test func aMessageHasAMaximum() throws {
        var messages = IncomingMessages(bytesMax: 10)
        _ = try messages.take(Self.bytes(6), .more)
        #expect(throws: FrameError.messageTooLong) { try messages.take(Self.bytes(5), []) }
    }

    @Test func aSenderHoldsToTheWindow() throws {
        var messages = IncomingMessages(bytesMax: 4 << 20)
        _ = try messages.take(Self.bytes(FlowControl.initialWindow), [])
        #expect(throws: FrameError.beyondWindow) { try messages.take(Self.bytes(1), []) }
    }

    @Test func whatIsReadIsGrantedAnewHalfAWindowAtATime() throws {
        var messages = IncomingMessages(bytesMax: 4 << 20)
        _ = try messages.take(Self.bytes(100 << 10), [])
        _ = try messages.take(Self.bytes(100 << 10), [])
        #expect(messages.read(100 << 10) == nil)
        #expect(messages.read(100 << 10) == UInt32(200 << 10))
    }

    @Test func aLargeMessageIsGrantedWhileItsReaderWaits() throws {
        var messages = IncomingMessages(bytesMax: 4 << 20)
        var granted = 0
        for _ in 0..<32 {
            guard case .part(let grant) = try messages.take(Self.bytes(32 << 10), .more) else {
                Issue.record("a part was taken for a message")
                return
            }
            granted += Int(grant ?? 0)
        }
        #expect(granted == 1 << 20)
    }

    /// Else a sender could let large messages pile up, each held by the few bytes of its last part.
    @Test func nothingOfAFurtherMessageIsGrantedWhileOneWaits() throws {
        var messages = IncomingMessages(bytesMax: 4 << 20)
        _ = try messages.take(Self.bytes(1), [])
        for _ in 0..<7 { #expect(try messages.take(Self.bytes(32 << 10), .more) == .part(grant: nil)) }
        #expect(throws: FrameError.beyondWindow) { try messages.take(Self.bytes(32 << 10), .more) }
        var reader = IncomingMessages(bytesMax: 4 << 20)
        _ = try reader.take(Self.bytes(1), [])
        for _ in 0..<7 { _ = try reader.take(Self.bytes(32 << 10), .more) }
        #expect(reader.read(1) == UInt32(1 + 7 * (32 << 10)))
    }

    @Test func contradictionsAreRefused() {
        var messages = IncomingMessages(bytesMax: 1000)
        #expect(throws: FrameError.malformedMessage) { try messages.take(Self.bytes(1), .bare) }
        #expect(throws: FrameError.malformedMessage) { try messages.take(ByteBuffer(), [.bare, .more]) }
        #expect(throws: FrameError.malformedMessage) { try messages.take(ByteBuffer(), .more) }
    }

    @Test func aMessageMayNotBeLeftHalfSaid() throws {
        var messages = IncomingMessages(bytesMax: 1000)
        _ = try messages.take(Self.bytes(1), .more)
        #expect(throws: FrameError.malformedMessage) { try messages.take(ByteBuffer(), .bare) }
    }
}
