internal import FoundationEssentials
internal import Logging
internal import Postgres
internal import ServiceKit

/// Takes away what is past its time: answers of yesterday's writes, and sessions that have ended.
struct ExpirySweeper: Sendable {
    static let answersKept = Duration.seconds(24 * 3_600)
    private static let pause = Duration.seconds(600)
    /// Rows of one transaction.
    private static let batch = 5_000

    let system: PostgresPool
    let clock: any WallClock
    let logger: Logger

    func run() async throws {
        while true {
            let swept = try await sweep()
            if swept > 0 { logger.info("swept", metadata: ["rows": "\(swept)"]) }
            try await Task.sleep(for: Self.pause)
        }
    }

    /// How many rows went.
    @discardableResult
    func sweep() async throws -> Int {
        let now = clock.now
        let answers = try await delete(from: "idempotency", where: "begun_at", isBefore: now.addingTimeInterval(-(Self.answersKept / .seconds(1))))
        return try await answers + delete(from: "session", where: "expires_at", isBefore: now)
    }

    private func delete(from table: String, where column: String, isBefore time: Date) async throws -> Int {
        var total = 0
        while true {
            let gone = try await system.withTransaction { transaction in
                try await transaction.execute(
                    "DELETE FROM \(table) WHERE ctid IN (SELECT ctid FROM \(table) WHERE \(column) < $1 LIMIT \(Self.batch))", [.timestamp(time)])
            }
            total += gone
            if gone < Self.batch { return total }
        }
    }
}
