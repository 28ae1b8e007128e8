import FaultTransport
import Identity
import NIOConcurrencyHelpers
import NIOCore
import RPC
import Testing
import WireProbe

/// One changed bit below TLS ends the connection with a TLS error, and nothing of it is taken for an answer.
@Suite(.timeLimit(.minutes(1))) struct CorruptionBelowTLSTests {
    /// Which way the changed bytes go, and after how many reads or writes.
    @Test(arguments: [(true, 0), (false, 0), (true, 40), (false, 40)])
    func endsInATLSError(fromServer: Bool, after: Int) async throws {
        let mesh = try await FaultyMesh(isPlaintext: false)
        let corrupt = FaultRates([.corrupt: 1000], unharmed: after...after)
        let transport = FaultyTransport(
            seed: 11, unit: .bytes, toServer: fromServer ? .none : corrupt, toClient: fromServer ? corrupt : .none)
        let watch = TLSErrors()
        let client = mesh.client(transport) {
            $0.prepareChannel = { channel in
                try transport.add(to: channel)
                watch.watch(channel)
            }
        }
        let probe = ProbeV1.ProbeClient(channel: client)
        var failure: RPCError?
        var answered = 0
        // Not idempotent, so that each is tried once. The fault comes within so many calls, since each is a read and a write.
        for number in 0..<100 where failure == nil {
            let request = ProbeV1.Nest(level: .init(inner: .init(name: "\(number)")))
            do throws(RPCError) {
                #expect(try await probe.linger(request, options: CallOptions(timeout: .seconds(20))) == request)
                answered += 1
            } catch { failure = error }
        }
        #expect(failure?.code == .unavailable, "\(failure.map { "\($0)" } ?? "no call failed")")
        #expect((answered > 0) == (after > 0))
        #expect(transport.log.count(.corrupt) > 0)
        // The client meets the changed record itself, or the server does and says so in an alert.
        let errors = watch.errors
        #expect(errors.contains { if case .handshake = $0 { true } else if case .broken = $0 { true } else { false } }, "\(errors)")
        await client.close()
        let clean = mesh.client(nil)
        let request = ProbeV1.Nest(level: .init(inner: .init(name: "clean")))
        #expect(try await ProbeV1.ProbeClient(channel: clean).linger(request, options: CallOptions(timeout: .seconds(20))) == request)
        await clean.close()
        await mesh.stop()
    }
}

/// Sees the errors between TLS and the frames.
private final class TLSErrors: Sendable {
    private let seen = NIOLockedValueBox<[TLSError]>([])
    var errors: [TLSError] { seen.withLockedValue { $0 } }

    /// The TLS handler is added after this returns, within the same tick of the loop.
    func watch(_ channel: any Channel) {
        let pipeline = channel.pipeline
        channel.eventLoop.assumeIsolated().execute { [seen] in
            guard let tls = try? pipeline.syncOperations.handler(type: TLSHandler.self) else { return }
            try? pipeline.syncOperations.addHandler(Handler(seen), position: .after(tls))
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let seen: NIOLockedValueBox<[TLSError]>
        init(_ seen: NIOLockedValueBox<[TLSError]>) { self.seen = seen }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let error = error as? TLSError { seen.withLockedValue { $0.append(error) } }
            context.fireErrorCaught(error)
        }
    }
}
