internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Redis over one shared connection that is made when first needed and again when it was lost. While Redis is gone, commands fail at
/// once and one of them, after a pause with jitter, tries again.
public final class RedisClient: Sendable {
    private enum State {
        /// May become connecting.
        case idle(retryAt: ContinuousClock.Instant?, failures: Int)
        /// May become connected or idle.
        case connecting(EventLoopFuture<RedisConnection>, failures: Int)
        /// May become idle.
        case connected(RedisConnection)
        /// Stays.
        case closed
    }

    public let configuration: RedisConfiguration
    private let group: any EventLoopGroup
    /// By script, once the server has told it.
    let digests = Mutex<[RedisScript: String]>([:])
    private let state = Mutex(State.idle(retryAt: nil, failures: 0))

    public init(configuration: RedisConfiguration) {
        self.configuration = configuration
        group = MultiThreadedEventLoopGroup.singleton
    }

    @discardableResult
    public func command(_ arguments: [String]) async throws(RedisError) -> RedisValue {
        try await command(arguments.map { Array($0.utf8) })
    }

    @discardableResult
    public func command(_ arguments: [[UInt8]]) async throws(RedisError) -> RedisValue {
        try await connection().send(arguments)
    }

    /// True where the server answers.
    public func isReachable() async -> Bool {
        do { return try await command(["PING"]) == .status("PONG") } catch { return false }
    }

    public func close() async {
        let last = state.withLock { state in
            defer { state = .closed }
            return state
        }
        switch last {
        case .connected(let connection): connection.close()
        case .connecting(let future, _): future.whenSuccess { $0.close() }
        case .idle, .closed: break
        }
    }

    /// A connection of its own for commands that block.
    func dedicatedConnection() async throws(RedisError) -> RedisConnection { try await RedisConnection.open(configuration, on: group) }

    private func connection() async throws(RedisError) -> RedisConnection {
        switch try nextStep() {
        case .use(let connection): return connection
        case .wait(let future):
            do { return try await future.get() } catch let error as RedisError { throw error } catch { throw .unavailable("\(error)") }
        case .connect(let promise, let failures):
            // Whoever comes first connects, and all callers of the moment share the attempt.
            do {
                let connection = try await RedisConnection.open(configuration, on: group)
                connected(connection)
                promise.succeed(connection)
                return connection
            } catch {
                failed(failures: failures + 1)
                promise.fail(error)
                throw error
            }
        }
    }

    private enum Step {
        case use(RedisConnection)
        case wait(EventLoopFuture<RedisConnection>)
        case connect(EventLoopPromise<RedisConnection>, failures: Int)
    }

    private func nextStep() throws(RedisError) -> Step {
        try state.withLock { state throws(RedisError) -> Step in
            switch state {
            case .connected(let connection) where connection.isActive: return .use(connection)
            case .connecting(let future, _): return .wait(future)
            case .closed: throw .closed
            case .idle(let retryAt?, _) where retryAt > .now: throw .unavailable("waiting to reconnect")
            case .idle(_, let failures): return beginConnecting(&state, failures: failures)
            case .connected: return beginConnecting(&state, failures: 0)
            }
        }
    }

    private func beginConnecting(_ state: inout State, failures: Int) -> Step {
        let promise = group.any().makePromise(of: RedisConnection.self)
        state = .connecting(promise.futureResult, failures: failures)
        return .connect(promise, failures: failures)
    }

    private func connected(_ connection: RedisConnection) {
        state.withLock { state in
            if case .connecting = state { state = .connected(connection) } else { connection.close() }
        }
    }

    private func failed(failures: Int) {
        let ceiling = min(configuration.maximumBackoff, configuration.firstBackoff * (1 << min(failures - 1, 10)))
        let pause = max(configuration.firstBackoff / 2, ceiling * Double.random(in: 0..<1))
        state.withLock { state in
            if case .connecting = state { state = .idle(retryAt: .now + pause, failures: failures) }
        }
    }
}
