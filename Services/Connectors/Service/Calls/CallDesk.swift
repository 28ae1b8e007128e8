internal import RPC
internal import Synchronization

/// Runs calls to vendors in tasks that do not end with the connection that asked for them: a caller that dies must not leave a call
/// half recorded.
package final class CallDesk: Sendable {
    static let runningMax = 256

    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let intake: AsyncStream<@Sendable () async -> Void>.Continuation
    private let running = Mutex(0)

    package init() { (jobs, intake) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.runningMax)) }

    /// Until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
        }
    }

    /// Does `body` and returns what it returns.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let isAdmitted = running.withLock { running in
            guard running < Self.runningMax else { return false }
            running += 1
            return true
        }
        guard isAdmitted else { throw Self.full }
        defer { running.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            let result = intake.yield { continuation.resume(with: await Self.outcome(body)) }
            if case .enqueued = result { return }
            continuation.resume(throwing: Self.full)
        }
    }

    private static func outcome<Value: Sendable>(_ body: @Sendable () async throws -> Value) async -> Result<Value, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    private static let full = RPCError(
        .resourceExhausted, reason: "TOO_MANY_CALLS", message: "\(runningMax) calls are running", retryAfter: .milliseconds(500))
}
