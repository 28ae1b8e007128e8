import Identity
import Logging
import TestKit
import Testing

@testable import Postgres

@Suite struct ListenerTests {
    private struct Enough: Error {}

    @Test func theStateMachineTellsOfALossOnceItListensAgain() {
        let start = ContinuousClock.now
        var machine = ListenerStateMachine(limits: PoolLimits(maximumConnections: 1, maximumWaiters: 1, idleTimeout: .seconds(1)))
        var told = machine.start() + machine.established() + machine.subscribed()
        machine.lost(jitter: 0, now: start)
        #expect(machine.nextDeadline == start + .milliseconds(25))
        told += machine.timerFired(now: start)
        told += machine.timerFired(now: start + .milliseconds(25)) + machine.established() + machine.subscribed()
        #expect(told == [.open, .subscribe, .tell(.listening), .open, .subscribe, .tell(.mayHaveMissed), .tell(.listening)])
        machine.stop()
        machine.lost(jitter: 0, now: start)
        #expect(machine.nextDeadline == nil)
    }

    @Test func whatDoesNotFitIsGivenUpAndSaid() {
        var buffer = ListenerBuffer(capacity: 2)
        for number in 0..<3 { buffer.append(.notification(PostgresNotification(channel: "c", payload: "\(number)"))) }
        buffer.append(.listening)
        let events = [buffer.next(), buffer.next(), buffer.next()]
        #expect(events == [.mayHaveMissed, .listening, nil])
    }

    @Test func notificationsArriveAndALossIsTold() async throws {
        let postgres = try await PrivatePostgres.start()
        defer { postgres.stop() }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let pool = try PostgresPool(configuration: postgres.superuser(), logger: logger)
        let listener = try PostgresListener(configuration: postgres.superuser(), channels: ["a \"b", "other"], logger: logger)
        var events: [ListenerEvent] = []
        await #expect(throws: Enough.self) {
            try await listener.run { event in
                events.append(event)
                switch (events.count, event) {
                case (1, .listening):
                    try await pool.batch(tenant: nil, [Statement("SELECT pg_notify($1, $2)", ["a \"b", "ü"])])
                case (2, .notification): try await postgres.crashAndRestart()
                case (3, .mayHaveMissed): break
                case (4, .listening): _ = try await pool.withTransaction { try await $0.execute("SELECT pg_notify('other', '')") }
                default: throw Enough()
                }
            }
        }
        #expect(
            events == [
                .listening, .notification(PostgresNotification(channel: "a \"b", payload: "ü")), .mayHaveMissed, .listening,
                .notification(PostgresNotification(channel: "other", payload: "")),
            ])
    }

    @Test func cancellingTheTaskEndsTheListener() async throws {
        let postgres = try await PrivatePostgres.shared
        let listener = try PostgresListener(
            configuration: postgres.superuser(), channels: ["c"], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let task = Task { try await listener.run { _ in continuation.yield() } }
        for await _ in stream { break }
        task.cancel()
        try await task.value
    }
}
