internal import Identity
internal import Postgres
internal import Synchronization

/// A closed loop of short transactions.
struct Scenario: Sendable {
    struct WrongAnswer: Error { let id: Int64 }

    static let keys: Int64 = 10_000
    static let read = "SELECT body FROM item WHERE id = $1"

    let pool: PostgresPool
    let concurrency: Int
    let seconds: Double
    let tenant = TenantID.make()

    /// The statement alone.
    func plain(_ id: Int64) async throws -> String {
        try await pool.batch(tenant: nil, [Statement(Self.read, [.int(id)])])[0][0].text("body")
    }

    /// The tenant and the statement as one transaction in one flush.
    func pipeline(_ id: Int64) async throws -> String {
        try await pool.batch(tenant: tenant, [Statement(Self.read, [.int(id)])])[0][0].text("body")
    }

    /// As a service does that decides between statements: two round trips.
    func conversation(_ id: Int64) async throws -> String {
        try await pool.withTenant(tenant) { try await $0.query(Self.read, [.int(id)])[0].text("body") }
    }

    /// The tenant and an insert, which waits for the disk.
    func durable(_ id: Int64) async throws -> String {
        try await pool.batch(tenant: tenant, [Statement("INSERT INTO written (body) VALUES ($1) RETURNING body", [.text("item \(id)")])])[0][0]
            .text("body")
    }

    /// All ways lead to the same answer.
    func check() async throws {
        for id in stride(from: 1, through: Self.keys, by: 97) {
            for body in [plain, pipeline, conversation] { try Self.expect(try await body(id), id) }
        }
    }

    /// Answers per second.
    func loop(_ body: @escaping @Sendable (Int64) async throws -> String) async throws -> Double {
        // Connections and plans stand before the clock starts.
        _ = try await run(seconds: min(0.3, seconds), body)
        return try await run(seconds: seconds, body)
    }

    private func run(seconds: Double, _ body: @escaping @Sendable (Int64) async throws -> String) async throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<concurrency {
                group.addTask {
                    var random = UInt64(caller) &* 0x9E37_79B9_7F4A_7C15 | 1
                    var count = 0
                    while ContinuousClock.now < end {
                        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                        let id = Int64((random >> 33) % UInt64(Self.keys)) + 1
                        try Self.expect(try await body(id), id)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(count) / (start.duration(to: .now) / .seconds(1))
    }

    private static func expect(_ answer: String, _ id: Int64) throws {
        guard answer == "item \(id)" else { throw WrongAnswer(id: id) }
    }
}
