internal import RPC

/// How busy the RPC server is: what runs, what waits for its turn, and how much may.
struct LoadMetrics: Sendable {
    let load: ServerLoad
    let metrics: MetricsRegistry

    func update() {
        metrics.set("rpc_server_running", help: "Unary calls whose handlers run.", to: Double(load.running))
        metrics.set("rpc_server_limit", help: "Unary calls whose handlers may run at once.", to: Double(load.limit))
        metrics.set("rpc_server_streams", help: "Calls of several messages that are open.", to: Double(load.streams))
        metrics.set("rpc_server_queued", help: "Calls that wait for their turn.", to: Double(load.queued))
        metrics.set("rpc_server_queued_bytes", help: "Bytes of the messages of calls that wait.", to: Double(load.queuedBytes))
    }
}
