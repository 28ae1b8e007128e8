internal import FinOpsCore
internal import Foundation
internal import Identity
internal import Postgres

/// Cost series with their detector's state, and the anomalies found in them.
struct PostgresCostStore: Sendable {
    struct SeriesKey: Hashable, Sendable {
        var service: String
        var meter: String
    }

    struct Point: Sendable {
        var time: Date
        var cost: Int64
        var expected: Int64?
        var isAnomalous: Bool
        var currency: String
    }

    struct Anomaly: Sendable {
        var id: UUID
        var key: SeriesKey
        var isOpen: Bool
        var observed: Int64
        var expected: Int64
        var currency: String
        var opened: Date
        var closed: Date?
        var receipt: UUID
    }

    // MARK: Series

    /// The detector of a series and the time of its last point; nil for a new series. Locks the series.
    func detector(of key: SeriesKey, tenant: TenantID, in transaction: PostgresTransaction) async throws -> (SeasonalDetector, Date)? {
        let rows = try await transaction.query(
            "SELECT detector, last_at FROM cost_series WHERE tenant_id = $1 AND service = $2 AND meter = $3 FOR UPDATE",
            [.uuid(tenant.rawValue), .text(key.service), .text(key.meter)])
        guard let row = rows.first else { return nil }
        let state = try JSONDecoder().decode(SeasonalDetector.State.self, from: Data(try row.json("detector")))
        guard let detector = SeasonalDetector(parameters: DetectorParameters(), state: state) else { return nil }
        return (detector, try row.timestamp("last_at"))
    }

    func store(
        _ detector: SeasonalDetector, lastAt: Date, currency: String, of key: SeriesKey, tenant: TenantID, in transaction: PostgresTransaction
    ) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO cost_series (tenant_id, service, meter, currency, detector, last_at) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id, service, meter) DO UPDATE SET detector = EXCLUDED.detector, last_at = EXCLUDED.last_at
            """,
            [
                .uuid(tenant.rawValue), .text(key.service), .text(key.meter), .text(currency),
                .json([UInt8](try JSONEncoder().encode(detector.state))),
                .timestamp(lastAt),
            ])
    }

    func append(_ points: [Point], to key: SeriesKey, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        let statements = points.map { point -> (String, [PostgresValue]) in
            (
                """
                INSERT INTO cost_point (tenant_id, service, meter, at, cost_micros, expected_micros, anomalous, currency)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .uuid(tenant.rawValue), .text(key.service), .text(key.meter), .timestamp(point.time), .int(point.cost),
                    .optional(point.expected), .bool(point.isAnomalous), .text(point.currency),
                ]
            )
        }
        try await transaction.pipeline(statements)
    }

    /// Vendor series, and the product's own usage by the hour, between the two times; oldest first.
    func series(from start: Date, to end: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [(SeriesKey, [Point])] {
        let rows = try await transaction.query(
            """
            SELECT service, meter, at, cost_micros, expected_micros, anomalous, currency FROM cost_point
            WHERE tenant_id = $1 AND at >= $2 AND at < $3
            UNION ALL
            SELECT service, meter, bucket, cost_micros, NULL, false, currency FROM usage_rollup
            WHERE tenant_id = $1 AND bucket >= $2 AND bucket < $3 AND cost_micros > 0
            ORDER BY service, meter, at LIMIT 20000
            """, [.uuid(tenant.rawValue), .timestamp(start), .timestamp(end)])
        var series: [(SeriesKey, [Point])] = []
        for row in rows {
            let key = SeriesKey(service: try row.text("service"), meter: try row.text("meter"))
            let point = Point(
                time: try row.timestamp("at"), cost: try row.int("cost_micros"), expected: try row.optionalInt("expected_micros"),
                isAnomalous: try row.bool("anomalous"), currency: try row.text("currency"))
            if series.last?.0 == key { series[series.count - 1].1.append(point) } else { series.append((key, [point])) }
        }
        return series
    }

    // MARK: Anomalies

    func open(_ anomaly: Anomaly, tenant: TenantID, in transaction: PostgresTransaction) async throws {
        _ = try await transaction.execute(
            """
            INSERT INTO anomaly (tenant_id, anomaly_id, service, meter, state, observed_micros, expected_micros, currency, opened_at, receipt_id)
            VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9)
            """,
            [
                .uuid(tenant.rawValue), .uuid(anomaly.id), .text(anomaly.key.service), .text(anomaly.key.meter), .int(anomaly.observed),
                .int(anomaly.expected), .text(anomaly.currency), .timestamp(anomaly.opened), .uuid(anomaly.receipt),
            ])
    }

    /// Closes the open anomaly of a series; nil where there was none.
    func close(_ key: SeriesKey, at time: Date, tenant: TenantID, in transaction: PostgresTransaction) async throws -> Anomaly? {
        let rows = try await transaction.query(
            """
            UPDATE anomaly SET state = 'closed', closed_at = $4
            WHERE tenant_id = $1 AND service = $2 AND meter = $3 AND state = 'open'
            RETURNING \(Self.anomalyColumns)
            """, [.uuid(tenant.rawValue), .text(key.service), .text(key.meter), .timestamp(time)])
        return try rows.first.map(anomaly)
    }

    func anomalies(state: String, tenant: TenantID, in transaction: PostgresTransaction) async throws -> [Anomaly] {
        let rows = try await transaction.query(
            "SELECT \(Self.anomalyColumns) FROM anomaly WHERE tenant_id = $1 AND ($2 = '' OR state = $2) ORDER BY opened_at DESC LIMIT 200",
            [.uuid(tenant.rawValue), .text(state)])
        return try rows.map(anomaly)
    }

    private static let anomalyColumns =
        "anomaly_id, service, meter, state, observed_micros, expected_micros, currency, opened_at, closed_at, receipt_id"

    private func anomaly(_ row: PostgresRow) throws -> Anomaly {
        Anomaly(
            id: try row.uuid("anomaly_id"), key: SeriesKey(service: try row.text("service"), meter: try row.text("meter")),
            isOpen: try row.text("state") == "open", observed: try row.int("observed_micros"), expected: try row.int("expected_micros"),
            currency: try row.text("currency"), opened: try row.timestamp("opened_at"), closed: try row.optionalTimestamp("closed_at"),
            receipt: try row.uuid("receipt_id"))
    }
}
