import GatewayCore
import HTTPTypes
import Identity
import Logging
import TestKit
import Testing

@testable import GatewayService
@testable import ServiceKit

/// Replicas of the gateway, each with counters of its own and a Redis that all of them share.
@Suite struct RateTests {
    private struct Replica {
        let metrics = MetricsRegistry()
        let gate: RateGate

        init(_ server: PrivateRedis, _ clock: ManualClock) {
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            gate = RateGate(clock: clock, shared: SharedRates(server.configuration, clock: clock, metrics: metrics, logger: logger))
        }

        func take(_ key: String, tenant: TenantID? = nil) async throws -> RateVerdict {
            try #require(await gate.take(.signIn, key, tenant: tenant))
        }

        func checks(_ how: String) -> Double {
            let line = metrics.text().split(separator: "\n").first { $0.hasPrefix("gateway_rate_checks_total{counted=\"\(how)\"} ") }
            return line.flatMap { Double($0.split(separator: " ").last ?? "") } ?? -1
        }
    }

    /// 60 at once and 5 a second, whichever replica is asked: the replicas' own counts would let 120 through.
    @Test func twoReplicasCountTogether() async throws {
        let server = try await PrivateRedis.shared
        let replicas = [Replica(server, ManualClock()), Replica(server, ManualClock())]
        let key = "address|\(TenantID.make())"
        let start = ContinuousClock.now
        var allowed = 0
        var refused: RateVerdict?
        for number in 0..<120 {
            let verdict = try await replicas[number % 2].take(key)
            if verdict.isAllowed { allowed += 1 } else { refused = verdict }
        }
        // Tokens come back on the server's own clock, which goes on while the test asks.
        let gained = Int((ContinuousClock.now - start) / .seconds(1) * 5) + 1
        #expect((60...60 + gained).contains(allowed))
        let last = try #require(refused)
        #expect(last.limit == 60 && last.remaining == 0 && last.retryAfterSeconds >= 1 && (1...12).contains(last.resetSeconds))
        #expect(replicas.allSatisfy { $0.checks("alone") == 0 && $0.checks("together") > 0 })
    }

    @Test func tenantsDoNotShareACount() async throws {
        let replica = Replica(try await PrivateRedis.shared, ManualClock())
        let (one, other) = (TenantID.make(), TenantID.make())
        #expect(try await replica.take("a", tenant: one).remaining == 59)
        #expect(try await replica.take("b", tenant: other).remaining == 59)
    }

    /// Nothing is refused because Redis is away; each replica counts alone meanwhile, and together again when it is back.
    @Test func withoutRedisEachReplicaCountsAlone() async throws {
        let server = try await PrivateRedis.start()
        let clock = ManualClock()
        let replicas = [Replica(server, clock), Replica(server, clock)]
        #expect(try await replicas[0].take("a").remaining == 59)
        #expect(try await replicas[1].take("a").remaining == 58)
        server.stop()
        // The connection may still take one command before it is seen to be closed; none is refused.
        while replicas.contains(where: { $0.checks("alone") == 0 }) {
            for replica in replicas { #expect(try await replica.take("waiting").isAllowed) }
        }
        for replica in replicas {
            for _ in 0..<60 { #expect(try await replica.take("b").isAllowed) }
            let refused = try await replica.take("b")
            #expect(!refused.isAllowed && refused.retryAfterSeconds == 1)
        }
    }

    @Test func aRedisThatComesBackCountsAgain() async throws {
        let server = try await PrivateRedis.start()
        defer { server.stop() }
        let clock = ManualClock()
        let replica = Replica(server, clock)
        _ = try await replica.take("a")
        try await server.crashAndRestart()
        // The lost connection fails one request's count at most; after the pause, which is on this clock, the next one asks again.
        for number in 0..<500 where replica.checks("together") < 2 {
            clock.advance(by: .milliseconds(Int(CounterHealth.pauseMillis)))
            #expect(try await replica.take("b\(number)").isAllowed)
        }
        #expect(replica.checks("together") >= 2)
    }

    @Test func theAnswersTellTheSharedCount() async throws {
        let server = try await PrivateRedis.shared
        let doors = [try Door(redis: server), try Door(redis: server)]
        let body = Array(#"{"email":"nobody@acme.example","tenant":"acme"}"#.utf8)
        let address = "192.0.2.\(Int.random(in: 2...250)), \(TenantID.make())"
        let answers = [
            try await doors[0].ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], body, address: address),
            try await doors[1].ask(.post, "/v1/auth/dev/sign-in", [.contentType: "application/json"], body, address: address),
        ]
        #expect(answers.map { $0["RateLimit-Limit"] } == ["60", "60"])
        #expect(answers.map { $0["RateLimit-Remaining"] } == ["59", "58"])
        #expect(answers.map { $0["Retry-After"] } == [nil, nil])
        #expect(answers.map { $0["RateLimit-Reset"] } == ["1", "1"])
    }
}
