internal import Postgres

/// How a connection pool fares, for each of the two roles.
struct PoolMetrics: Sendable {
    let pools: [(name: String, pool: PostgresPool)]
    let metrics: MetricsRegistry

    func update() async {
        for (name, pool) in pools {
            let statistics = await pool.statistics()
            let labels = [("pool", name)]
            metrics.set("postgres_connections_open", help: "Connections that are open or being opened.", to: Double(statistics.open), labels: labels)
            metrics.set("postgres_connections_idle", help: "Connections that nobody uses.", to: Double(statistics.idle), labels: labels)
            metrics.set("postgres_connections_max", help: "Connections at most.", to: Double(statistics.limit), labels: labels)
            metrics.set("postgres_waiting", help: "Callers that wait for a connection.", to: Double(statistics.waiting), labels: labels)
            metrics.setTotal("postgres_statements_total", help: "Statements sent.", to: Double(statistics.statements), labels: labels)
            metrics.setTotal(
                "postgres_statements_failed_total", help: "Statements that the server refused.", to: Double(statistics.failedStatements),
                labels: labels)
            metrics.setTotal(
                "postgres_unknown_outcomes_total", help: "Transactions whose outcome nobody knows.", to: Double(statistics.unknownOutcomes),
                labels: labels)
            metrics.setTotal(
                "postgres_connections_lost_total", help: "Connections that broke.", to: Double(statistics.lostConnections), labels: labels)
            metrics.setTotal(
                "postgres_reconnects_total", help: "Connections opened in their place.", to: Double(statistics.reconnects), labels: labels)
            metrics.setDistribution(
                "postgres_wait_seconds", help: "How long callers waited for a connection.", bounds: WaitHistogram.bounds,
                counts: statistics.waits.counts, sum: statistics.waits.sumSeconds, count: statistics.waits.count, labels: labels)
        }
    }
}
