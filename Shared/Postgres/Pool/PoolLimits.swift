/// The bounds of one pool's state machine.
struct PoolLimits: Sendable {
    var maximumConnections: Int
    var maximumWaiters: Int
    var idleTimeout: Duration
    /// An idle connection is asked this often whether it still answers: routers forget silent connections.
    var probeInterval: Duration = .seconds(30)
    /// Connections that are shared by one caller each before two share one.
    var spread = 4
    /// Callers on each shared connection before another connection is used.
    var fullPipeline = 4
    /// Callers on one shared connection when there is no other.
    var maximumPipeline = 16
    /// Transactions that take longer than this do not share a connection while another is free.
    var quick: Duration = .microseconds(300)
    /// A shared connection that has not answered for so long gets nobody more: a slow statement must not delay the quick ones.
    var stall: Duration = .milliseconds(5)
    var firstBackoff: Duration = .milliseconds(50)
    var maximumBackoff: Duration = .seconds(2)

    /// Exponential with full jitter (`jitter` is in 0..<1), and never less than half of the first step.
    func backoff(afterFailures failures: Int, jitter: Double) -> Duration {
        let ceiling = min(maximumBackoff, firstBackoff * (1 << min(max(0, failures - 1), 10)))
        return max(firstBackoff / 2, ceiling * jitter)
    }
}
