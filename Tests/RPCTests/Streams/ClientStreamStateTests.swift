import NIOCore
import Testing

@testable import RPC

/// Messages of several frames, as the client's connection sees them.
@Suite struct ClientStreamStateTests {
    typealias Frames = ConnectionStateTests

    func openState(_ streaming: Bool...) -> ClientConnectionState {
        var state = ClientConnectionState()
        #expect(state.receive(Frames.hello(methods: [4: "m"])) == .ready)
        for (index, isStreaming) in streaming.enumerated() {
            #expect(
                state.openStream(method: "m", isStreaming: isStreaming, metadataBytes: 0, payloadBytes: 0)
                    == .stream(UInt32(index + 1), methodID: 4))
        }
        return state
    }

    static func answer(_ stream: UInt32, _ payload: [UInt8], code: UInt32 = 0) -> ClientConnectionState.Action {
        .answer(stream: stream, code: code, metadata: ByteBuffer(), payload: ByteBuffer(bytes: payload))
    }

    @Test func aUnaryAnswerOfSeveralFrames() {
        var state = openState(false, false)
        #expect(state.receive(Frames.frame(.data, stream: 1, flags: .more, payload: [1])) == .none)
        #expect(state.receive(Frames.frame(.response, stream: 2, payload: [9])) == Self.answer(2, [9]))
        #expect(state.receive(Frames.frame(.response, stream: 1, payload: [2])) == Self.answer(1, [1, 2]))
        #expect(state.receive(Frames.frame(.response, stream: 1, payload: [3])) == .none)
    }

    @Test func aFailureReplacesWhatCameBefore() {
        var state = openState(false)
        _ = state.receive(Frames.frame(.data, stream: 1, flags: .more, payload: [1]))
        #expect(state.receive(Frames.frame(.response, stream: 1, code: 13)) == Self.answer(1, [], code: 13))
    }

    @Test func messagesAndTheStatus() {
        var state = openState(true)
        #expect(state.receive(Frames.frame(.data, stream: 1, payload: [1])) == .message(stream: 1, ByteBuffer(bytes: [1]), held: 1))
        #expect(state.receive(Frames.frame(.data, stream: 1, payload: [2])) == .message(stream: 1, ByteBuffer(bytes: [2]), held: 1))
        #expect(state.receive(Frames.frame(.end, stream: 1)) == Self.answer(1, []))
        #expect(state.receive(Frames.frame(.data, stream: 1, payload: [2])) == .none)
    }

    @Test func shapesAreHeldTo() {
        var unary = openState(false)
        #expect(unary.receive(Frames.frame(.data, stream: 1, payload: [1])) == .fail(.unexpected(.data)))
        var ended = openState(false)
        #expect(ended.receive(Frames.frame(.end, stream: 1)) == .fail(.unexpected(.end)))
        var streaming = openState(true)
        #expect(streaming.receive(Frames.frame(.response, stream: 1, payload: [1])) == .fail(.unexpected(.response)))
        var refused = openState(true)
        #expect(refused.receive(Frames.frame(.response, stream: 1, code: 7)) == Self.answer(1, [], code: 7))
    }

    @Test func anAnswerThatIsTooLargeEndsItsCallOnly() {
        var state = openState(false, false)
        let part = [UInt8](repeating: 0, count: 128 << 10)
        var action = ClientConnectionState.Action.none
        for _ in 0...32 { action = state.receive(Frames.frame(.data, stream: 1, flags: .more, payload: part)) }
        guard case .giveUp(1, let error) = action else {
            Issue.record("taken: \(action)")
            return
        }
        #expect(error.reason == "RESPONSE_TOO_LARGE")
        #expect(state.receive(Frames.frame(.response, stream: 2, payload: [1])) == Self.answer(2, [1]))
    }

    @Test func grantsGoToOpenStreams() {
        var state = openState(true)
        #expect(state.receive(Frames.frame(.window, stream: 1, code: 5)) == .granted(stream: 1, 5))
        #expect(state.abandon(1) == true)
        #expect(state.receive(Frames.frame(.window, stream: 1, code: 5)) == .none)
        #expect(state.receive(Frames.frame(.window, stream: 9, code: 5)) == .fail(.unexpected(.window)))
    }

    @Test func whatWasReadIsGrantedAnew() {
        var state = openState(true)
        let half = [UInt8](repeating: 0, count: FlowControl.initialWindow / 2)
        _ = state.receive(Frames.frame(.data, stream: 1, payload: half))
        #expect(state.read(half.count, on: 1) == UInt32(half.count))
    }
}
