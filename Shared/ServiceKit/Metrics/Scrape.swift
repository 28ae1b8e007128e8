internal import Identity
internal import RPC
internal import Synchronization

/// What `/metrics` answers: what was counted, and what only a look can tell.
struct Scrape: Sendable {
    let context: ServiceContext

    func text() async -> String {
        let metrics = context.metrics
        ProcessMetrics(metrics: metrics).update()
        await PoolMetrics(pools: [("app", context.postgres), ("system", context.systemPostgres)], metrics: metrics).update()
        if let load = context.rpcServer.withLock({ $0?.load }) { LoadMetrics(load: load, metrics: metrics).update() }
        let instance = context.config.instance
        metrics.set(
            "provable_build_info", help: "Always 1.", to: 1,
            labels: [("service", context.config.service.rawValue), ("instance", instance.name), ("build", instance.build)])
        return metrics.text()
    }
}
