import Identity
import Postgres
import RPC
import Testing

@testable import ServiceKit

@Suite struct DatabaseFailuresTests {
    @Test func anUnknownOutcomeHasItsOwnReason() throws {
        let status = try #require(DatabaseFailures.status(of: .commitOutcomeUnknown))
        #expect(status.code == .unavailable)
        #expect(status.reason == "OUTCOME_UNKNOWN")
        #expect(!PostgresError.commitOutcomeUnknown.isRetryable)
    }

    @Test(arguments: [PostgresError.unavailable("gone"), .poolExhausted, .serialization])
    func whatMaySucceedLaterIsUnavailable(error: PostgresError) {
        #expect(DatabaseFailures.status(of: error)?.reason == "DATABASE_UNAVAILABLE")
    }

    @Test(arguments: [PostgresError.timeout, .constraint("x"), .server(sqlState: "42601", message: "syntax")])
    func whatIsTheHandlersFaultStaysInternal(error: PostgresError) {
        #expect(DatabaseFailures.status(of: error) == nil)
    }

    /// Where the mesh meets the database: what a handler leaves to the edge arrives as a status, what it translates itself stays.
    @Test func aHandlersFailureIsTranslatedOnItsWayOut() async {
        let method = MethodDescriptor(name: "t", owner: nil, callers: [], trusted: [], tenancy: .unbound, isIdempotent: true)
        func reason(of error: any Error) async -> String? {
            do {
                try await DatabaseFailures().intercept(method, CallContext(caller: .ledger)) { _ in throw error }
                return nil
            } catch {
                return (error as? RPCError)?.reason ?? "\(error)"
            }
        }
        #expect(await reason(of: PostgresError.commitOutcomeUnknown) == "OUTCOME_UNKNOWN")
        #expect(await reason(of: RPCError(.notFound, reason: "NO", message: "no")) == "NO")
        #expect(await reason(of: PostgresError.timeout) == "\(PostgresError.timeout)")
    }
}
