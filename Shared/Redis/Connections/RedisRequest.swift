internal import NIOCore

/// A command on its way to a connection, and who waits for the reply.
struct RedisRequest: Sendable {
    let command: RedisCommand
    let timeout: Duration
    let reply: EventLoopPromise<RedisValue>
}
