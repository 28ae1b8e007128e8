internal import FinOpsCore
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import Postgres
package import RPC
internal import Receipts
internal import ServiceKit
internal import Trust
package import Wire

extension FinOpsEndpoint {
    /// Points of one request at the most.
    private static let pointLimit = 2_000
    /// A billion units of a currency in one point; nine thousand such points can be added up.
    private static let pointCostMicrosMax: Int64 = 1_000_000_000 * 1_000_000

    package func ingestCosts(_ request: FinOpsV1.IngestCostsRequest, context: CallContext) async throws -> FinOpsV1.IngestCostsResponse {
        let tenant = try context.requireTenant()
        let key = PostgresCostStore.SeriesKey(service: request.service, meter: request.meter)
        let points = try Self.checkedPoints(request)
        return try await pool.withTenant(tenant) { transaction in
            try await context.once(FinOpsV1.Methods.ingestCosts, request, in: transaction) {
                try await ingest(points, of: key, tenant: tenant, in: transaction)
            }
        }
    }

    private func ingest(
        _ points: [TimedCost], of key: PostgresCostStore.SeriesKey, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws -> FinOpsV1.IngestCostsResponse {
        let known = try await costs.detector(of: key, tenant: tenant, in: transaction)
        var detector = known?.0 ?? SeasonalDetector()
        // A point that is not newer than the last one was taken before: a repeated request changes nothing.
        let fresh = points.filter { point in known.map { point.time > $0.1 } ?? true }
        guard let last = fresh.last else { return FinOpsV1.IngestCostsResponse() }

        var stored: [PostgresCostStore.Point] = []
        var response = FinOpsV1.IngestCostsResponse(accepted: UInt32(fresh.count))
        for point in fresh {
            let reading = detector.observe(cost: point.cost.micros, at: Int64(point.time.timeIntervalSince1970))
            stored.append(
                PostgresCostStore.Point(
                    time: point.time, cost: point.cost.micros, expected: reading.expected, isAnomalous: reading.isAnomalous,
                    currency: point.cost.currency))
            let change = AnomalyChange(key: key, point: point, expected: reading.expected ?? 0, tenant: tenant)
            switch reading.transition {
            case .opened: response.anomaliesOpened.append(try await open(change, in: transaction))
            case .closed: response.anomaliesClosed += try await close(change, in: transaction)
            case nil: break
            }
        }
        try await costs.append(stored, to: key, tenant: tenant, in: transaction)
        try await costs.store(
            detector, lastAt: last.time, currency: last.cost.currency, of: key, tenant: tenant, in: transaction)
        return response
    }

    package func getCosts(_ request: FinOpsV1.GetCostsRequest, context: CallContext) async throws -> FinOpsV1.GetCostsResponse {
        let tenant = try context.requireTenant()
        let until = request.untilMicros == 0 ? now().addingTimeInterval(3_600) : Date(micros: request.untilMicros)
        let since = request.sinceMicros == 0 ? until.addingTimeInterval(-30 * 86_400) : Date(micros: request.sinceMicros)
        return try await pool.withTenant(tenant) { transaction in
            let all = try await costs.series(from: since, to: until, tenant: tenant, in: transaction)
            let series = all.map { key, points in
                let currency = points.first?.currency ?? Money.defaultCurrency
                return FinOpsV1.CostSeries(
                    service: key.service, meter: key.meter, points: points.map(\.wire),
                    total: Money(micros: points.reduce(0) { $0 + $1.cost }, currency: currency).wire)
            }
            let total = Money(micros: series.reduce(0) { $0 + ($1.total?.micros ?? 0) }, currency: series.first?.total?.currency ?? "USD")
            return FinOpsV1.GetCostsResponse(series: series, total: total.wire)
        }
    }

    package func listAnomalies(_ request: FinOpsV1.ListAnomaliesRequest, context: CallContext) async throws -> FinOpsV1.ListAnomaliesResponse {
        let tenant = try context.requireTenant()
        guard ["", "open", "closed"].contains(request.state) else {
            throw RPCError.invalid("state", "is \"\(request.state)\"", fix: "use open, closed, or leave it out")
        }
        return try await pool.withTenant(tenant) { transaction in
            let all = try await costs.anomalies(state: request.state, tenant: tenant, in: transaction)
            return FinOpsV1.ListAnomaliesResponse(anomalies: all.map(\.wire))
        }
    }

    struct TimedCost: Sendable {
        var time: Date
        var cost: Money
    }

    /// The request's points, oldest first.
    private static func checkedPoints(_ request: FinOpsV1.IngestCostsRequest) throws -> [TimedCost] {
        for (field, name) in [("service", request.service), ("meter", request.meter)] where !UsageEvent.isName(name) {
            throw RPCError.invalid(field, "is not a name", fix: "1 to 64 of a-z, 0-9, '.', '-'")
        }
        guard (1...pointLimit).contains(request.points.count) else {
            throw RPCError.invalid("points", "has \(request.points.count) entries", fix: "send 1 to \(pointLimit) at once")
        }
        return try request.points.enumerated().map { index, point in
            let cost = Money(point.cost ?? CommonV1.Money())
            guard (0...Self.pointCostMicrosMax).contains(cost.micros), cost.hasValidCurrency else {
                throw RPCError.invalid(
                    "points[\(index)].cost", "is no amount", fix: "send micros from 0 to \(Self.pointCostMicrosMax) and an ISO 4217 currency")
            }
            guard UsageEvent.times.contains(point.timeMicros) else {
                throw RPCError.invalid("points[\(index)].time_micros", "is before 1970 or after 2200", fix: "send microseconds since 1970")
            }
            return TimedCost(time: Date(micros: point.timeMicros), cost: cost)
        }.sorted { $0.time < $1.time }
    }
}

extension PostgresCostStore.Point {
    var wire: FinOpsV1.CostPoint {
        FinOpsV1.CostPoint(
            timeMicros: time.micros, cost: CommonV1.Money(micros: cost, currency: currency),
            expected: expected.map { CommonV1.Money(micros: $0, currency: currency) }, anomalous: isAnomalous)
    }
}
