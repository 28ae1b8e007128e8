import Testing

@testable import Postgres

@Suite struct ConnectionStateMachineTests {
    static func machine(rows: Int = 100, bytes: Int = 1000) -> ConnectionStateMachine {
        var machine = ConnectionStateMachine(maximumRows: rows, maximumBytes: bytes)
        machine.established()
        return machine
    }

    static func set(_ tag: String, bytes: [UInt8] = []) -> ResultSet {
        ResultSet(
            shape: ResultShape(names: ["x"], types: [17]), rowCount: 1, commandTag: tag, extents: [.init(offset: 0, length: bytes.count)],
            bytes: bytes)
    }

    static let broken = ServerErrorReport(sqlState: "23505", message: "duplicate", constraint: "pkey", column: nil)

    /// The completion that the last of the results brings about.
    static func feed(_ machine: inout ConnectionStateMachine, _ results: [PipelineResult]) -> ConnectionStateMachine.Completion? {
        var completion: ConnectionStateMachine.Completion?
        for result in results {
            if case .complete(let made) = machine.received(result) { completion = made }
        }
        return completion
    }

    @Test func resultsGoToRequestsInOrderAndPrepareIsNotAResult() throws {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.prepare(name: "s1"), .execute(name: "s1")]))
        _ = machine.submit(PipelineRequest(id: 2, steps: [.execute(name: nil)]))
        let first = try #require(
            Self.feed(&machine, [.finished(Self.set("")), .endOfStatement, .finished(Self.set("SELECT 1")), .endOfStatement, .sync]))
        let second = try #require(Self.feed(&machine, [.finished(Self.set("UPDATE 1")), .endOfStatement, .sync]))
        #expect(first.request.id == 1)
        #expect(try first.outcome.get().map(\.commandTag) == ["SELECT 1"])
        #expect(second.request.id == 2)
        #expect(try second.outcome.get().map(\.commandTag) == ["UPDATE 1"])
        #expect(!machine.expectsResults)
    }

    @Test func anErrorFailsItsRequestAndNotTheNext() throws {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.execute(name: nil), .prepare(name: "s7"), .execute(name: "s7")]))
        _ = machine.submit(PipelineRequest(id: 2, steps: [.execute(name: nil)]))
        guard case .statementFailed = machine.received(.failed(Self.broken)) else {
            Issue.record("the failure was not reported")
            return
        }
        _ = machine.received(.endOfStatement)
        guard case .prepareFailed(name: "s7") = machine.received(.aborted) else {
            Issue.record("a skipped PREPARE was taken for done")
            return
        }
        let first = try #require(Self.feed(&machine, [.endOfStatement, .aborted, .endOfStatement, .sync]))
        let second = try #require(Self.feed(&machine, [.finished(Self.set("SELECT 1")), .endOfStatement, .sync]))
        #expect(throws: PostgresError.constraint("pkey")) { try first.outcome.get() }
        #expect(try second.outcome.get().count == 1)
    }

    @Test func aLostConnectionFailsAllAndLeavesACommitUnknown() {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.execute(name: nil)]))
        _ = machine.submit(PipelineRequest(id: 2, steps: [.commit], effect: .commits))
        let completions = machine.lost(.unavailable("gone"))
        #expect(completions.map(\.request.id) == [1, 2])
        #expect(throws: PostgresError.unavailable("gone")) { try completions[0].outcome.get() }
        #expect(throws: PostgresError.commitOutcomeUnknown) { try completions[1].outcome.get() }
        let isAccepted = machine.submit(PipelineRequest(id: 3, steps: [.execute(name: nil)]))
        let later = machine.lost(.timeout)
        #expect(!isAccepted)
        #expect(later.isEmpty)
    }

    @Test func aCommitThatTheServerTurnedIntoARollbackIsAFailure() throws {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.commit], effect: .commits))
        let completion = try #require(Self.feed(&machine, [.finished(ResultSet(commandTag: "ROLLBACK")), .endOfStatement, .sync]))
        #expect(throws: PostgresError.transactionAborted) { try completion.outcome.get() }
    }

    @Test func whatIsTooLargeIsRefusedWhole() throws {
        var machine = Self.machine(bytes: 5)
        _ = machine.submit(PipelineRequest(id: 1, steps: [.execute(name: nil), .execute(name: nil)]))
        let completion = try #require(
            Self.feed(
                &machine,
                [.finished(Self.set("A", bytes: [1, 2, 3])), .endOfStatement, .finished(Self.set("B", bytes: [4, 5, 6])), .endOfStatement, .sync]))
        #expect(throws: PostgresError.resultTooLarge(rows: 2, bytes: 6)) { try completion.outcome.get() }
    }

    @Test func aResultThatNobodyAskedForIsAViolation() {
        var machine = Self.machine()
        guard case .protocolViolation = machine.received(.sync) else {
            Issue.record("an unexpected sync was let through")
            return
        }
    }

    @Test func aLostBatchIsUnknownUnlessTheServerHasRefusedIt() {
        var machine = Self.machine()
        for id in 1...3 { _ = machine.submit(PipelineRequest(id: id, steps: [.execute(name: nil)], effect: .atomic)) }
        _ = machine.received(.failed(Self.broken))
        let completions = machine.lost(.unavailable("gone"))
        #expect(completions.map { $0.outcome.failure } == [.constraint("pkey"), .commitOutcomeUnknown, .commitOutcomeUnknown])
    }

    @Test func aCommitThatWasAnsweredIsKnownAlthoughTheConnectionIsLost() {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.commit], effect: .commits))
        _ = machine.received(.finished(ResultSet(commandTag: "COMMIT")))
        #expect(machine.lost(.unavailable("gone")).map { $0.outcome.failure } == [nil])
    }

    @Test func anErrorOfTheSyncItselfFailsTheBatch() throws {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.execute(name: nil)], effect: .atomic))
        let completion = try #require(
            Self.feed(&machine, [.finished(Self.set("INSERT 0 1")), .endOfStatement, .failed(Self.broken), .endOfStatement, .sync]))
        #expect(completion.outcome.failure == .constraint("pkey"))
    }

    @Test func answersWaitUntilTheCancellationWasSent() {
        var machine = Self.machine()
        _ = machine.submit(PipelineRequest(id: 1, steps: [.execute(name: nil)]))
        let decision = machine.cancel(1, reason: .timeout, isExclusive: true)
        #expect(decision == .send)
        let stopped = ServerErrorReport(sqlState: "57014", message: "canceling statement due to user request", constraint: nil, column: nil)
        let early = Self.feed(&machine, [.failed(stopped), .endOfStatement, .sync])
        #expect(early?.request.id == nil)
        #expect(!machine.isQuiet)
        let late = machine.cancellationSent()
        #expect(late.map { $0.outcome.failure } == [.timeout])
        #expect(machine.isQuiet)
    }

    @Test func aSharedConnectionIsCancelledOnlyWhereNobodyElseIsHit() {
        var machine = Self.machine()
        for id in 1...2 { _ = machine.submit(PipelineRequest(id: id, steps: [.execute(name: nil)], effect: .atomic)) }
        let first = machine.cancel(1, reason: .cancelled, isExclusive: false)
        let second = machine.cancel(2, reason: .cancelled, isExclusive: false)
        _ = Self.feed(&machine, [.finished(Self.set("SELECT 1")), .endOfStatement, .sync])
        let again = machine.cancel(2, reason: .cancelled, isExclusive: false)
        #expect([first, second, again] == [.impossible, .later, .send])
    }
}
