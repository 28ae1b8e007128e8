internal import NIOCore
internal import NIOPosix

/// Runs the loads that the control script asks for:
///
///     echo IN_FLIGHT BYTES SECONDS          messages on one connection
///     handshakes LANES SECONDS full|resumed connections, one after another in each lane
struct Driver: Sendable {
    private let full: Securing
    private let resuming: Securing?
    private let port: Int
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init(peer: PeerName, credentials: Credentials, port: Int) throws {
        full = try peer.makeClient(credentials, resumes: false)
        resuming = peer == .mesh ? try peer.makeClient(credentials, resumes: true) : nil
        self.port = port
    }

    /// What comes back is what was sent, at several sizes: a fast wrong answer would be worth nothing.
    func check() async throws {
        for (bytes, inFlight) in [(1, 1), (512, 64), (16_384, 3), (16_385, 3), (1 << 20, 2)] {
            _ = try await echo(EchoLoad(bytes: bytes, inFlight: inFlight, seconds: 0.1, compares: true))
        }
    }

    func run(_ line: String) async throws -> Measurement {
        let words = line.split(separator: " ").map { String($0) }
        switch words.first {
        case "echo" where words.count == 4:
            guard let inFlight = Int(words[1]), let bytes = Int(words[2]), let seconds = Double(words[3]) else { break }
            return try await echo(EchoLoad(bytes: bytes, inFlight: inFlight, seconds: seconds, compares: false))
        case "handshakes" where words.count == 4:
            guard let lanes = Int(words[1]), let seconds = Double(words[2]) else { break }
            if words[3] == "full" { return try await handshakes(full, lanes, seconds) }
            guard let resuming else { break }
            return try await handshakes(resuming, lanes, seconds)
        default: break
        }
        throw BenchError("not a load of this peer: \(line)")
    }

    private func echo(_ load: EchoLoad) async throws -> Measurement {
        let done = group.any().makePromise(of: Measurement.self)
        _ = try await connect(full) { EchoLoad.Handler(load, done) }
        return try await done.futureResult.get()
    }

    private func handshakes(_ secure: @escaping Securing, _ lanes: Int, _ seconds: Double) async throws -> Measurement {
        let start = monotonicNanoseconds()
        let end = start + UInt64(seconds * 1e9)
        let times = try await withThrowingTaskGroup(of: [UInt64].self) { tasks in
            for _ in 0..<lanes {
                tasks.addTask {
                    var times: [UInt64] = []
                    var before = monotonicNanoseconds()
                    while before < end {
                        let done = group.any().makePromise(of: Void.self)
                        let channel = try await connect(secure) { HandshakeLoad(done) }
                        try await done.futureResult.get()
                        try await channel.closeFuture.get()
                        let after = monotonicNanoseconds()
                        times.append(after - before)
                        before = after
                    }
                    return times
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
        return Measurement(nanoseconds: times, seconds: Double(monotonicNanoseconds() - start) / 1e9)
    }

    private func connect(_ secure: @escaping Securing, _ load: @escaping @Sendable () -> any ChannelHandler) async throws -> any Channel {
        try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try secure(channel)
                    try channel.pipeline.syncOperations.addHandler(load())
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }
}
