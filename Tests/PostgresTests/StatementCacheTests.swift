import Testing

@testable import Postgres

@Suite struct StatementCacheTests {
    @Test func anotherRequestDoesNotDependOnAPrepareThatMayYetFail() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(sql: "a", types: [], request: 1) == .prepareFirst(name: "s1", closing: []))
        #expect(cache.plan(sql: "a", types: [], request: 1) == .prepared(name: "s1"))
        #expect(cache.plan(sql: "a", types: [], request: 2) == .unprepared)
        cache.confirm("s1")
        #expect(cache.plan(sql: "a", types: [], request: 2) == .prepared(name: "s1"))
        #expect(cache.plan(sql: "a", types: [20], request: 2) == .prepareFirst(name: "s2", closing: []))
        cache.forget("s2")
        #expect(cache.plan(sql: "a", types: [20], request: 3) == .prepareFirst(name: "s3", closing: []))
    }

    @Test func whatWasNotUsedForLongestIsClosed() {
        var cache = StatementCache(capacity: 2)
        for (name, sql) in [("s1", "a"), ("s2", "b")] {
            #expect(cache.plan(sql: sql, types: [], request: 1) == .prepareFirst(name: name, closing: []))
            cache.confirm(name)
        }
        _ = cache.plan(sql: "a", types: [], request: 2)
        #expect(cache.plan(sql: "c", types: [], request: 3) == .prepareFirst(name: "s3", closing: ["s2"]))
        #expect(cache.count == 2)
        // The transaction had failed before: the server skipped the DEALLOCATE and the PREPARE.
        cache.closeFailed("s2")
        cache.forget("s3")
        #expect(cache.plan(sql: "d", types: [], request: 4) == .prepareFirst(name: "s4", closing: ["s2"]))
    }
}
