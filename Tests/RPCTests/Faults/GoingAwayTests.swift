import NIOCore
import Testing

@testable import RPC

/// What a client may conclude from a GOAWAY, found by the faulty transport: a call that ran was sent to the server once more.
@Suite struct GoingAwayTests {
    private func connection(streams: Int) -> ClientConnectionState {
        var state = ClientConnectionState()
        var hello = ByteBuffer()
        Hello(service: "policy", build: "test", methods: [1: "a/B"]).write(into: &hello)
        var decoder = FrameDecoder(limits: .standard)
        decoder.append(hello)
        if let frame = try? decoder.next() { _ = state.receive(frame) }
        for _ in 0..<streams { _ = state.openStream(method: "a/B", metadataBytes: 0, payloadBytes: 0) }
        return state
    }

    private func goAway(last: UInt32, _ code: StatusCode) -> Frame {
        Frame(header: FrameHeader(length: 0, type: .goAway, streamID: last, code: code.rawValue))
    }

    @Test func anOrderlyOneTellsWhatWasNotServed() {
        var state = connection(streams: 3)
        let action = state.receive(goAway(last: 1, .ok))
        #expect(action == .drain(unserved: [2, 3]))
        #expect(state.openStreams == 1 && !state.isUsable)
    }

    /// The server fails a connection when it cannot trust its bytes; handlers of the same connection may have run by then.
    @Test func oneWithAnErrorTellsNothing() {
        var state = connection(streams: 3)
        let action = state.receive(goAway(last: 0, .internal))
        #expect(action == .drain(unserved: []))
        #expect(state.openStreams == 3 && !state.isUsable)
        // They end with the connection, as calls that may have run.
        let unanswered = state.close()
        #expect(unanswered == [1, 2, 3])
    }
}
