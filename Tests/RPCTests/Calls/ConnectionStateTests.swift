import NIOCore
import Testing

@testable import RPC

@Suite struct ConnectionStateTests {
    static func frame(_ type: FrameType, stream: UInt32 = 0, code: UInt32 = 0, flags: FrameFlags = [], payload: [UInt8] = []) -> Frame {
        Frame(
            header: FrameHeader(length: UInt32(payload.count), type: type, flags: flags, streamID: stream, code: code),
            payload: ByteBuffer(bytes: payload))
    }

    static func hello(methods: [UInt32: String] = [:], streamsMax: UInt32 = 8) -> Frame {
        var buffer = ByteBuffer()
        Hello(service: "x", build: "x", limits: FrameLimits(metadataBytesMax: 100, messageBytesMax: 1000), streamsMax: streamsMax, methods: methods)
            .write(into: &buffer)
        var decoder = FrameDecoder(limits: .standard)
        decoder.append(buffer)
        return try! decoder.next()!
    }

    func openServer(streamsMax: Int = 2) -> ServerConnectionState {
        var state = ServerConnectionState(streamsMax: streamsMax)
        #expect(state.receive(Self.hello()) == .none)
        return state
    }

    static func start(_ stream: UInt32) -> ServerConnectionState.Action {
        .start(stream: stream, methodID: 1, metadata: ByteBuffer(), payload: ByteBuffer())
    }

    @Test func nothingBeforeTheHello() {
        var state = ServerConnectionState(streamsMax: 2)
        #expect(state.receive(Self.frame(.request, stream: 1, code: 1)) == .fail(.unexpected(.request)))
        // And nothing after a failure.
        #expect(state.receive(Self.hello()) == .none)
        #expect(state.receive(Self.frame(.request, stream: 1, code: 1)) == .none)
        var pinged = ServerConnectionState(streamsMax: 2)
        #expect(pinged.receive(Self.frame(.ping, payload: [1])) == .pong(ByteBuffer(bytes: [1])))
    }

    @Test func oneHelloOnly() {
        var state = openServer()
        #expect(state.receive(Self.hello()) == .fail(.unexpected(.hello)))
    }

    @Test func everyStreamIsAnsweredExactlyOnce() {
        var state = openServer()
        #expect(state.receive(Self.frame(.request, stream: 1, code: 1)) == Self.start(1))
        #expect(state.receive(Self.frame(.cancel, stream: 1)) == .cancel(stream: 1))
        #expect(state.claimAnswer(1) == true)
        // The handler returns later; its result is nobody's.
        state.handlerReturned()
        #expect(state.claimAnswer(1) == false)
        #expect(state.receive(Self.frame(.cancel, stream: 1)) == .none)
    }

    @Test func streamsOnlyGrow() {
        var state = openServer()
        #expect(state.receive(Self.frame(.request, stream: 5, code: 1)) == Self.start(5))
        #expect(state.receive(Self.frame(.request, stream: 5, code: 1)) == .fail(.wrongStream(.request, 5)))
        var other = openServer()
        #expect(other.receive(Self.frame(.cancel, stream: 3)) == .fail(.unexpected(.cancel)))
        var third = openServer()
        #expect(third.receive(Self.frame(.response, stream: 3)) == .fail(.unexpected(.response)))
    }

    @Test func aHandlerThatIgnoresItsCancellationStillCounts() {
        var state = openServer(streamsMax: 1)
        #expect(state.receive(Self.frame(.request, stream: 1, code: 1)) == Self.start(1))
        _ = state.receive(Self.frame(.cancel, stream: 1))
        #expect(state.claimAnswer(1) == true)
        guard case .refuse(2, _, let error) = state.receive(Self.frame(.request, stream: 2, code: 1)) else {
            Issue.record("a second handler was started")
            return
        }
        #expect(error.code == .resourceExhausted && error.retryAfter != nil)
        #expect(state.claimAnswer(2) == true)
        state.handlerReturned()
        #expect(state.receive(Self.frame(.request, stream: 3, code: 1)) == Self.start(3))
    }

    @Test func drainingServesWhatIsOpenAndNothingNew() {
        var state = openServer()
        #expect(state.receive(Self.frame(.request, stream: 1, code: 1)) == Self.start(1))
        #expect(state.drain() == 1)
        #expect(state.drain() == nil)
        #expect(state.receive(Self.frame(.request, stream: 2, code: 1)) == .none)
        #expect(!state.isDrained)
        #expect(state.claimAnswer(1) == true)
        #expect(state.isDrained)
    }

    /// What the client sent before it read the first GOAWAY is served; the second one names the last of these.
    @Test func aWarnedConnectionServesWhatIsUnderWay() {
        var state = openServer()
        #expect(state.receive(Self.frame(.request, stream: 1, code: 1)) == Self.start(1))
        #expect(state.warn() == true)
        #expect(state.isWarned)
        #expect(state.warn() == false)
        #expect(state.receive(Self.frame(.request, stream: 2, code: 1)) == Self.start(2))
        #expect(state.drain() == 2)
        #expect(!state.isWarned)
        #expect(state.warn() == false)
        #expect(state.claimAnswer(1) == true)
        #expect(state.claimAnswer(2) == true)
        #expect(state.isDrained)
        var early = ServerConnectionState(streamsMax: 1)
        #expect(early.warn() == false)
        #expect(early.drain() == 0)
    }

    // MARK: Client

    func openClient(streamsMax: UInt32 = 8) -> ClientConnectionState {
        var state = ClientConnectionState()
        #expect(state.openStream(method: "m", metadataBytes: 0, payloadBytes: 0) == .unusable)
        #expect(state.receive(Self.hello(methods: [4: "m"], streamsMax: streamsMax)) == .ready)
        return state
    }

    @Test func aCallGetsAStreamAndItsAnswer() {
        var state = openClient()
        #expect(state.openStream(method: "m", metadataBytes: 0, payloadBytes: 0) == .stream(1, methodID: 4))
        #expect(state.openStream(method: "m", metadataBytes: 0, payloadBytes: 0) == .stream(2, methodID: 4))
        #expect(
            state.receive(Self.frame(.response, stream: 2, code: 0, payload: [7]))
                == .answer(stream: 2, code: 0, metadata: ByteBuffer(), payload: ByteBuffer(bytes: [7])))
        // Twice is once too often, and is ignored like an answer to a call that was given up.
        #expect(state.receive(Self.frame(.response, stream: 2)) == .none)
        #expect(state.abandon(1) == true)
        #expect(state.abandon(1) == false)
        #expect(state.receive(Self.frame(.response, stream: 1)) == .none)
        #expect(state.receive(Self.frame(.response, stream: 9)) == .fail(.unexpected(.response)))
    }

    @Test func theServersLimitsHold() {
        var state = openClient(streamsMax: 1)
        #expect(state.openStream(method: "other", metadataBytes: 0, payloadBytes: 0) == .unknownMethod)
        #expect(state.openStream(method: "m", metadataBytes: 101, payloadBytes: 0) == .tooLarge)
        #expect(state.openStream(method: "m", metadataBytes: 0, payloadBytes: 1001) == .tooLarge)
        #expect(state.openStream(method: "m", metadataBytes: 100, payloadBytes: 1000) == .stream(1, methodID: 4))
        #expect(state.openStream(method: "m", metadataBytes: 0, payloadBytes: 0) == .full)
    }

    @Test func goingAwayTellsWhatWasNeverServed() {
        var state = openClient()
        for _ in 0..<3 { _ = state.openStream(method: "m", metadataBytes: 0, payloadBytes: 0) }
        #expect(state.receive(Self.frame(.goAway, stream: 1)) == .drain(unserved: [2, 3]))
        #expect(state.openStream(method: "m", metadataBytes: 0, payloadBytes: 0) == .unusable)
        #expect(!state.isDrained)
        _ = state.receive(Self.frame(.response, stream: 1))
        #expect(state.isDrained)
        #expect(state.close() == [])
    }

    // MARK: Keepalive and backoff

    @Test func aSilentPeerIsAskedAndThenGivenUp() {
        let start = NIODeadline.uptimeNanoseconds(0)
        var keepalive = Keepalive(settings: .init(), now: start)
        #expect(keepalive.check(now: start + .seconds(10)) == .wait(until: start + .seconds(30)))
        #expect(keepalive.check(now: start + .seconds(30)) == .ping(thenWaitUntil: start + .seconds(40)))
        #expect(keepalive.check(now: start + .seconds(40)) == .dead)
        keepalive.heard(now: start + .seconds(40))
        #expect(keepalive.check(now: start + .seconds(41)) == .wait(until: start + .seconds(70)))
    }

    @Test func pausesGrowToTheirCeiling() {
        var backoff = Backoff(base: .milliseconds(50), max: .seconds(2))
        #expect(backoff.failed(random: 1) == .milliseconds(50))
        #expect(backoff.failed(random: 1) == .milliseconds(100))
        for _ in 0..<40 { #expect(backoff.failed(random: 1) <= .seconds(2)) }
        #expect(backoff.failed(random: 1) == .seconds(2))
        #expect(backoff.failed(random: 0) == .zero)
        backoff.succeeded()
        #expect(backoff.failed(random: 1) == .milliseconds(50))
    }
}
