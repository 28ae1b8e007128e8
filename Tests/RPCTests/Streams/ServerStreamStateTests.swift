import NIOCore
import Testing

@testable import RPC

/// Messages of several frames, as the server's connection sees them.
@Suite struct ServerStreamStateTests {
    typealias Frames = ConnectionStateTests
    typealias Received = ServerConnectionState.Received

    static let unary: UInt32 = 1
    static let streaming: UInt32 = 2

    func openState(streamsMax: Int = 8, messageBytesMax: Int = 1000) -> ServerConnectionState {
        var state = ServerConnectionState(streamsMax: streamsMax, messageBytesMax: messageBytesMax, streamingMethods: [Self.streaming])
        #expect(state.receive(Frames.hello()) == .none)
        return state
    }

    func refusal(_ action: ServerConnectionState.Action) -> String? {
        if case .refuse(_, _, let error) = action { error.reason } else { nil }
    }

    @Test func aUnaryRequestOfSeveralFramesStartsWhenItIsWhole() {
        var state = openState()
        #expect(state.receive(Frames.frame(.request, stream: 1, code: 1, flags: .more, payload: [1, 2])) == .none)
        #expect(state.receive(Frames.frame(.data, stream: 1, flags: .more, payload: [3])) == .none)
        #expect(
            state.receive(Frames.frame(.data, stream: 1, payload: [4]))
                == .start(stream: 1, methodID: 1, metadata: ByteBuffer(), payload: ByteBuffer(bytes: [1, 2, 3, 4])))
        #expect(state.receive(Frames.frame(.data, stream: 1, payload: [5])) == .none)
        #expect(state.claimAnswer(1) == true)
    }

    @Test func twoRequestsGrowSideBySide() {
        var state = openState()
        _ = state.receive(Frames.frame(.request, stream: 1, code: 1, flags: .more, payload: [1]))
        _ = state.receive(Frames.frame(.request, stream: 2, code: 1, flags: .more, payload: [9]))
        guard case .start(1, _, _, let first) = state.receive(Frames.frame(.data, stream: 1, payload: [2])),
            case .start(2, _, _, let second) = state.receive(Frames.frame(.data, stream: 2, payload: [8]))
        else {
            Issue.record("not started")
            return
        }
        #expect(first == ByteBuffer(bytes: [1, 2]) && second == ByteBuffer(bytes: [9, 8]))
    }

    @Test func aRequestThatGrowsTooLargeIsRefusedAloneAndItsRestIgnored() {
        var state = openState(messageBytesMax: 3)
        _ = state.receive(Frames.frame(.request, stream: 1, code: 1, flags: .more, payload: [1, 2]))
        let action = state.receive(Frames.frame(.data, stream: 1, flags: .more, payload: [3, 4]))
        #expect(refusal(action) == "MESSAGE_TOO_LARGE")
        #expect(state.claimAnswer(1) == true)
        #expect(state.receive(Frames.frame(.data, stream: 1, payload: [5])) == .none)
        #expect(state.receive(Frames.frame(.request, stream: 2, code: 1)) == Frames.start(2))
    }

    @Test func aRequestThatIsGivenUpHalfwayFreesItsPlace() {
        var state = openState(streamsMax: 1)
        _ = state.receive(Frames.frame(.request, stream: 1, code: 1, flags: .more, payload: [1]))
        #expect(refusal(state.receive(Frames.frame(.request, stream: 2, code: 1))) == "TOO_MANY_CALLS")
        #expect(state.claimAnswer(2) == true)
        #expect(state.receive(Frames.frame(.cancel, stream: 1)) == .refuse(stream: 1, methodID: 1, .cancelled))
        #expect(state.claimAnswer(1) == true)
        #expect(state.receive(Frames.frame(.request, stream: 3, code: 1)) == Frames.start(3))
    }

    @Test func halfSaidMessagesOfAConnectionHaveATotal() {
        var state = openState(streamsMax: 100, messageBytesMax: 4 << 20)
        var last: String?
        let part = [UInt8](repeating: 0, count: 200 << 10)
        for stream: UInt32 in 1...100 {
            for index in 0..<10 where last == nil {
                let action = state.receive(
                    Frames.frame(index == 0 ? .request : .data, stream: stream, code: index == 0 ? 1 : 0, flags: .more, payload: part))
                last = refusal(action)
            }
        }
        #expect(last == "TOO_MUCH_UNFINISHED")
    }

    @Test func aStreamOpensBareOrWithItsFirstMessage() {
        var state = openState()
        #expect(
            state.receive(Frames.frame(.request, stream: 1, code: 2, flags: [.bare, .open]))
                == .open(stream: 1, methodID: 2, metadata: ByteBuffer(), Received(isLast: false)))
        #expect(
            state.receive(Frames.frame(.request, stream: 2, code: 2, payload: [7]))
                == .open(stream: 2, methodID: 2, metadata: ByteBuffer(), Received(message: ByteBuffer(bytes: [7]), held: 1, isLast: true)))
    }

    @Test func messagesComeUntilTheLast() {
        var state = openState()
        _ = state.receive(Frames.frame(.request, stream: 1, code: 2, flags: [.bare, .open]))
        #expect(
            state.receive(Frames.frame(.data, stream: 1, flags: .open, payload: [1]))
                == .received(stream: 1, Received(message: ByteBuffer(bytes: [1]), held: 1, isLast: false)))
        #expect(state.receive(Frames.frame(.data, stream: 1, flags: .bare)) == .received(stream: 1, Received(isLast: true)))
        #expect(state.receive(Frames.frame(.data, stream: 1, flags: .open, payload: [1])) == .none)
    }

    @Test func whatWasReadIsGrantedAnew() {
        var state = openState(messageBytesMax: 1 << 20)
        _ = state.receive(Frames.frame(.request, stream: 1, code: 2, flags: [.bare, .open]))
        let half = [UInt8](repeating: 0, count: FlowControl.initialWindow / 2)
        _ = state.receive(Frames.frame(.data, stream: 1, flags: .open, payload: half))
        #expect(state.read(half.count, on: 1) == UInt32(half.count))
        #expect(state.read(1, on: 99) == nil)
    }

    @Test func whoIgnoresTheWindowLosesTheConnection() {
        var state = openState(messageBytesMax: 1 << 20)
        _ = state.receive(Frames.frame(.request, stream: 1, code: 2, flags: [.bare, .open]))
        let all = [UInt8](repeating: 0, count: FlowControl.initialWindow)
        _ = state.receive(Frames.frame(.data, stream: 1, flags: .open, payload: all))
        #expect(state.receive(Frames.frame(.data, stream: 1, flags: .open, payload: [0])) == .fail(.beyondWindow))
    }

    @Test func grantsAreForOpenStreams() {
        var state = openState()
        _ = state.receive(Frames.frame(.request, stream: 1, code: 2, flags: [.bare, .open]))
        #expect(state.receive(Frames.frame(.window, stream: 1, code: 10)) == .granted(stream: 1, 10))
        #expect(state.receive(Frames.frame(.window, stream: 2, code: 10)) == .fail(.unexpected(.window)))
        var answered = openState()
        _ = answered.receive(Frames.frame(.request, stream: 1, code: 2, flags: [.bare, .open]))
        #expect(answered.claimAnswer(1) == true)
        #expect(answered.receive(Frames.frame(.window, stream: 1, code: 10)) == .none)
    }

    @Test func framesThatMakeNoSenseEndTheConnection() {
        for (type, flags, payload): (FrameType, FrameFlags, [UInt8]) in [
            (.request, .bare, []), (.request, [.open], [1]), (.request, [.more], []),
        ] {
            var state = openState()
            #expect(state.receive(Frames.frame(type, stream: 1, code: 1, flags: flags, payload: payload)) == .fail(.malformedMessage))
        }
        var newer = openState()
        #expect(newer.receive(Frames.frame(.data, stream: 1, payload: [1])) == .fail(.unexpected(.data)))
        var ended = openState()
        #expect(ended.receive(Frames.frame(.end, stream: 1)) == .fail(.unexpected(.end)))
    }
}
