public import FoundationEssentials
public import Identity
public import JSON
internal import Logging
internal import RPC
internal import Synchronization

/// Something that somebody was not allowed to do.
public struct SecurityEvent: Sendable, Hashable {
    public let id: UUID
    /// For example `rpc.refused`.
    public let kind: String
    /// Whose data was asked for, where that is known.
    public let tenant: TenantID?
    public let principal: String?
    public let detail: JSONObject
}

/// Reports to the ledger's security log without holding up the refusal. Bounded: what does not fit is logged and counted only.
public final class SecurityEvents: Sendable {
    public static let pendingMax = 1024

    private let pending = Mutex<[SecurityEvent]>([])
    private let ownSink = Mutex<(@Sendable (SecurityEvent) async throws -> Void)?>(nil)
    private let doorbell = Doorbell()
    private let metrics: MetricsRegistry
    private let logger: Logger

    init(metrics: MetricsRegistry, logger: Logger) {
        self.metrics = metrics
        self.logger = logger
    }

    /// Where events go instead of over the mesh: for the ledger itself. To be set before the service runs.
    public func store(with sink: @escaping @Sendable (SecurityEvent) async throws -> Void) { ownSink.withLock { $0 = sink } }

    var sink: (@Sendable (SecurityEvent) async throws -> Void)? { ownSink.withLock { $0 } }

    public func report(_ kind: String, tenant: TenantID?, principal: String?, detail: JSONObject) {
        let event = SecurityEvent(id: UUIDv7.make(), kind: kind, tenant: tenant, principal: principal, detail: detail)
        metrics.count("security_events_total", help: "Refusals reported to the security log.", labels: [("kind", kind)])
        let isKept = pending.withLock { pending in
            guard pending.count < Self.pendingMax else { return false }
            pending.append(event)
            return true
        }
        guard isKept else {
            logger.error("security event dropped", metadata: ["kind": "\(kind)", "tenant": "\(tenant?.description ?? "")"])
            return
        }
        doorbell.ring()
    }

    func report(_ refusal: CallRefusal) {
        report(
            "rpc.refused", tenant: refusal.tenant, principal: refusal.principal,
            detail: [
                "caller": .string(refusal.caller.rawValue), "method": .string(refusal.method), "reason": .string(refusal.error.reason),
            ])
    }

    /// Hands each event to `store` in order; one that fails is tried again.
    func deliver(to store: @Sendable (SecurityEvent) async throws -> Void) async {
        while !Task.isCancelled {
            guard let event = pending.withLock({ $0.first }) else {
                await doorbell.wait(atMost: .seconds(60))
                continue
            }
            do {
                try await store(event)
                pending.withLock { pending in if pending.first?.id == event.id { pending.removeFirst() } }
            } catch {
                logger.warning("security event not stored", metadata: ["kind": "\(event.kind)", "error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
