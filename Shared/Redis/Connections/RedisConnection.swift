internal import NIOCore
internal import NIOPosix

/// One authenticated connection. Commands are pipelined in the order of their writes.
final class RedisConnection: Sendable {
    private let channel: any Channel
    private let configuration: RedisConfiguration

    private init(channel: any Channel, configuration: RedisConfiguration) {
        self.channel = channel
        self.configuration = configuration
    }

    static func open(_ configuration: RedisConfiguration, on group: any EventLoopGroup) async throws(RedisError) -> RedisConnection {
        let connection: RedisConnection
        do {
            let bootstrap = ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(configuration.connectTimeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        for handler in try configuration.transportHandlers() { try channel.pipeline.syncOperations.addHandler(handler) }
                        guard let reader = RedisReplyReader(maximumBytes: configuration.maximumReplyBytes) else {
                            throw RedisError.unavailable("out of memory")
                        }
                        try channel.pipeline.syncOperations.addHandler(
                            RedisChannelHandler(reader: reader, maximumPending: configuration.maximumPending))
                    }
                }
            let channel =
                if let path = configuration.unixSocketPath {
                    try await bootstrap.connect(unixDomainSocketPath: path).get()
                } else { try await bootstrap.connect(host: configuration.host, port: configuration.port).get() }
            connection = RedisConnection(channel: channel, configuration: configuration)
        } catch let error as RedisError { throw error } catch { throw .unavailable("\(error)") }
        do { try await connection.introduce() } catch {
            connection.close()
            throw error
        }
        return connection
    }

    var isActive: Bool { channel.isActive }

    /// Waits at most `timeout`, by default the configuration's. A cancelled caller stops waiting; its reply is dropped when it comes.
    func send(_ arguments: [[UInt8]], timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let promise = try write(arguments, timeout: timeout ?? configuration.commandTimeout)
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(RedisError.closed)
            }
        } catch let error as RedisError { throw error } catch { throw .unavailable("\(error)") }
    }

    func close() { channel.close(promise: nil) }

    private func write(_ arguments: [[UInt8]], timeout: Duration) throws(RedisError) -> EventLoopPromise<RedisValue> {
        guard let command = RedisCommand(arguments) else { throw .unavailable("an empty command") }
        let promise = channel.eventLoop.makePromise(of: RedisValue.self)
        channel.writeAndFlush(RedisRequest(command: command, timeout: timeout, reply: promise)).cascadeFailure(to: promise)
        return promise
    }

    /// Others wait for this connection too, so that the cancellation of the caller who happens to make it does not count.
    private func introduce() async throws(RedisError) {
        var commands = [["CLIENT", "SETNAME", configuration.clientName]]
        if let password = configuration.password { commands.insert(["AUTH"] + [configuration.user, password].compactMap { $0 }, at: 0) }
        for command in commands {
            let promise = try write(command.map { Array($0.utf8) }, timeout: configuration.commandTimeout)
            do { _ = try await promise.futureResult.get() } catch let error as RedisError { throw error } catch { throw .unavailable("\(error)") }
        }
    }
}
