internal import RPC

/// What the outbox tells whoever watches.
struct OutboxMetrics {
    let metrics: MetricsRegistry

    func note(_ settlement: OutboxSettlement) {
        for (destination, messages) in Dictionary(grouping: settlement.delivered, by: \.destination) {
            let labels = [("destination", destination)]
            metrics.count("outbox_delivered_total", help: "Messages that were delivered.", by: Double(messages.count), labels: labels)
            let repeated = messages.count { $0.attempts > 0 }
            if repeated > 0 {
                metrics.count(
                    "outbox_redelivered_total", help: "Messages that were delivered, but not at the first attempt.", by: Double(repeated),
                    labels: labels)
            }
            // One observation per write and destination: the series says how far the relay lags, at no cost per message.
            if let oldest = messages.map(\.age).max() {
                metrics.observe(
                    "outbox_lag_seconds", help: "Age of the oldest message of each claim that was delivered.", oldest, labels: labels)
            }
        }
        for failure in settlement.failures {
            let labels = [("destination", failure.message.destination), ("reason", failure.error.reason)]
            metrics.count("outbox_failures_total", help: "Deliveries that failed.", labels: labels)
            if failure.verdict == .park { metrics.count("outbox_parked_total", help: "Messages that were set aside.", labels: labels) }
        }
    }

    func note(_ backlog: OutboxStore.Backlog) {
        metrics.set("outbox_pending", help: "Messages that wait for delivery.", to: Double(backlog.pending))
        metrics.set("outbox_parked", help: "Messages set aside because they cannot be delivered.", to: Double(backlog.parked))
        metrics.set("outbox_oldest_seconds", help: "Age of the oldest message that waits.", to: backlog.oldestSeconds)
    }
}
