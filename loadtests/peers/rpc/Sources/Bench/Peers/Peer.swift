/// One of the ways in which an echo is answered. All of them use the same certificates and one event loop at each end.
enum PeerName: String, CaseIterable {
    /// This project's RPC with all that a call of the product carries.
    case mesh
    /// grpc-swift-2 as it comes: flushes wait up to 100 microseconds for company.
    case grpc
    /// The same, each flush at once.
    case grpcImmediate = "grpc-immediate"
    /// Frames over the same TLS without any RPC: what is left to win.
    case bare
}

/// The calling end.
protocol EchoClient: Sendable {
    func echo(_ bytes: [UInt8]) async throws -> [UInt8]
}

/// The answering end; the result is the port.
protocol EchoServer: Sendable {
    func start() async throws -> Int
}
