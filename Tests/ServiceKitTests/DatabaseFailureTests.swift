import Postgres
import RPC
import Testing

@testable import ServiceKit

@Suite struct DatabaseFailureTests {
    @Test func anUnknownOutcomeHasItsOwnReason() throws {
        let status = try #require(DatabaseFailure.status(of: PostgresError.commitOutcomeUnknown))
        #expect(status.code == .unavailable)
        #expect(status.reason == "OUTCOME_UNKNOWN")
        #expect(!PostgresError.commitOutcomeUnknown.isRetryable)
    }

    @Test(arguments: [PostgresError.unavailable("gone"), .poolExhausted, .serialization])
    func whatMaySucceedLaterIsUnavailable(error: PostgresError) {
        #expect(DatabaseFailure.status(of: error)?.reason == "DATABASE_UNAVAILABLE")
    }

    @Test(arguments: [PostgresError.timeout, .constraint("x"), .server(sqlState: "42601", message: "syntax")])
    func whatIsTheHandlersFaultStaysInternal(error: PostgresError) {
        #expect(DatabaseFailure.status(of: error) == nil)
    }
}
