public import Redis

extension ServiceContext {
    /// A wake queue of this instance whose depth and losses are among the service's metrics.
    ///
    /// - Parameter name: Begins with the service, such as `flow-engine:runs`.
    public func wakeQueue(_ name: String, limits: WakeQueue.Limits = .init()) -> WakeQueue {
        let measures = WakeMetrics(metrics: metrics, queue: name)
        let queue = WakeQueue(
            redis: redis, name: name, consumer: config.instance.name, limits: limits, logger: logger, observe: { measures.note($0) })
        if redis != nil { background("wake metrics") { await measures.watch(queue) } }
        return queue
    }
}

/// What a wake queue tells whoever watches.
struct WakeMetrics: Sendable {
    static let interval = Duration.seconds(10)

    let metrics: MetricsRegistry
    let queue: String

    func note(_ event: WakeEvent) {
        let (name, help) =
            switch event {
            case .published: ("wake_published_total", "Wakes that Redis took.")
            case .notPublished: ("wake_unpublished_total", "Wakes that Redis could not take; sweepers find their work.")
            case .handled: ("wake_handled_total", "Wakes that were handled.")
            case .redelivered: ("wake_redelivered_total", "Wakes that were given to a consumer again.")
            case .deadLettered: ("wake_dead_lettered_total", "Wakes that were given up.")
            case .reconnected: ("wake_reconnects_total", "Connections of consumers that were lost or not made.")
            }
        metrics.count(name, help: help, labels: [("queue", queue)])
    }

    func note(_ depth: WakeDepth) {
        let labels = [("queue", queue)]
        metrics.set("wake_waiting", help: "Wakes that no consumer has had.", to: Double(depth.waiting ?? 0), labels: labels)
        metrics.set("wake_pending", help: "Wakes that a consumer has and has not acknowledged.", to: Double(depth.pending), labels: labels)
        metrics.set("wake_dead", help: "Wakes that were given up and want a person.", to: Double(depth.dead), labels: labels)
        metrics.set("wake_oldest_seconds", help: "Age of the oldest wake that is not acknowledged.", to: depth.oldestSeconds, labels: labels)
    }

    func watch(_ queue: WakeQueue) async {
        while !Task.isCancelled {
            // Redis being away is said by `wake_reconnects_total`.
            if let depth = try? await queue.depth() { note(depth) }
            try? await Task.sleep(for: Self.interval)
        }
    }
}
